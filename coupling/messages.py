"""The sentences of this app's codes. `%(crm_product)s` is the product's name whatever the parameters."""

from django.utils.translation import gettext_lazy as _

from records.messages import register

register(
    {
        # connection
        "connection_disabled": _("The connection to %(crm_product)s is not enabled."),
        "connection_enabled": _("The connection must be disabled before this can be changed."),
        "address": _("'%(address)s' is not the address of a Sales environment that can be reached."),
        "credentials": _("The integration user '%(user)s' could not sign in: %(why)s"),
        "credentials_unknown": _("there is no user with this name."),
        "credentials_disabled": _("the user is disabled."),
        "credentials_kind": _("the user is not an integration user."),
        "credentials_secret": _("the secret is not the password of the user."),
        "privilege": _("The integration user '%(user)s' may not %(operation)s the table %(table)s."),
        "privilege_read": _("read"),
        "privilege_write": _("write"),
        "base_currency": _(
            "The local currency %(lcy)s is not among the currencies of %(crm_product)s, and its base currency %(base)s has no "
            "exchange rate in %(erp_product)s."
        ),
        "base_currency_blank": _("none"),
        "company_not_renamed": _("The company has the same name on both sides."),
        # mappings and field lines
        "unknown_table": _("There is no table '%(table)s'."),
        "wrong_side": _("The table '%(table)s' does not belong to this side."),
        "not_a_key_field": _("'%(field)s' is neither the unique ID nor an option set of '%(table)s'."),
        "mapping_exists": _("The tables are already mapped by %(mapping)s."),
        "mapping_has_couplings": _("%(mapping)s has %(count)s couplings. Delete the couplings first."),
        "mapping_missing": _("There is no mapping '%(mapping)s'."),
        "depends_on_itself": _("A mapping cannot depend on itself (%(path)s)."),
        "option_not_bidirectional": _(
            "Option mappings can only synchronize from or to the integration table, not in both directions."
        ),
        "direction_without_line": _("You must set the direction of at least one enabled field mapping to %(caption)s."),
        "filter_calculated_field": _("'%(field)s' is calculated and cannot be part of a table filter."),
        "line_without_field": _("Choose a field on at least one of the two sides."),
        "line_without_constant": _("A line with a field on one side only needs a constant value."),
        "constant_with_both_fields": _("A constant value needs a line with a field on one side only."),
        "constant_direction": _("The direction of a constant for this field can only be %(caption)s."),
        "direction_bidirectional": _("Bidirectional"),
        "option_set": _("Option Set"),
        "direction_to_crm": _("To Integration Table"),
        "direction_from_crm": _("From Integration Table"),
        "not_mappable": _("The field '%(field)s' is calculated or has no type that can be mapped."),
        "read_only_destination": _("The field '%(field)s' is read-only and cannot be written in this direction."),
        "not_null_guid_only": _("Not Null is applicable for GUID fields only."),
        "not_null_or_clear": _("Not Null and Clear Value on Failed Sync exclude each other."),
        "duplicate_line": _("The field '%(field)s' is already written by another line in this direction."),
        "type_mismatch": _("'%(erp)s' and '%(crm)s' have types that cannot be converted into each other."),
        "tables_not_mapped": _(
            "Table %(erp)s must be mapped to table %(crm)s to transfer a value between these fields."
        ),
        "unknown_transformation": _("There is no transformation rule '%(code)s'."),
        "mapping_table_gone": _("The mapping %(mapping)s cannot run, because there is no table '%(table)s'."),
        "mapping_filter_broken": _(
            "The mapping %(mapping)s cannot run, because its %(place)s cannot be used (%(field)s). Open the filter to "
            "see why."
        ),
        "mapping_line_broken": _(
            "The mapping %(mapping)s cannot run, because line %(line)s names the field '%(field)s', which its table "
            "does not have."
        ),
        "mapping_constant_broken": _(
            "The mapping %(mapping)s cannot run, because the constant value '%(value)s' of line %(line)s does not fit "
            "its field."
        ),
        "filter_row": "%(error)s",
        "wizard_no_lines": _("Choose at least one pair of fields."),
        "wizard_choose_field": _("Choose a field."),
        "wizard_choose_fields": _("Choose a field on each side."),
        "version_missing": _("There is no version %(version)s of the mapping %(mapping)s."),
        # files of mappings
        "mapping_file_large": _("The file is too large; at most %(max)s bytes are read."),
        "mapping_file_syntax": _("The file is not valid JSON: line %(line)s, column %(column)s."),
        "mapping_file_text": _("The file is not JSON text in UTF-8."),
        "mapping_file_format": _('The file does not say "format": "%(format)s"; it was not made by Export Mappings.'),
        "mapping_file_version": _(
            "The file has the version '%(version)s'; this installation reads versions up to %(known)s."
        ),
        "mapping_file_empty": _("The file needs a list of mappings, at least one and at most %(max)s."),
        "mapping_file_object": _("An object in braces is expected here."),
        "mapping_file_name": _("A mapping needs a name."),
        "mapping_file_double": _("The file contains the mapping '%(name)s' twice."),
        "mapping_file_lines": _("A list of at most %(max)s objects is expected here."),
        "mapping_file_rule": _("A transformation rule needs a code."),
        "mapping_file_rule_double": _("The file contains the rule %(rule)s twice."),
        "mapping_file_template_double": _("The mapping has the template '%(name)s' twice."),
        "rule_differs": _(
            "The rule %(rule)s exists already and is another one. Rename the rule in the file, or make both the same."
        ),
        # transformation rules
        "transformation_failed": _("The rule %(rule)s cannot transform the value '%(value)s': %(error)s"),
        "unknown_transformation_type": _("There is no transformation type '%(type)s'."),
        "incomplete_transformation": _("The rule %(code)s is not complete: %(parameters)s is missing."),
        "parameter_missing": _("The transformation type needs a value for '%(name)s'."),
        "rule_cycle": _("A rule cannot follow itself (%(path)s)."),
        "invalid_pattern": _("The regular expression cannot be used: %(error)s"),
        "invalid_group": _("The regular expression has no group '%(group)s'."),
        "invalid_format": _("'%(format)s' is not a valid data format."),
        "unknown_culture": _("There is no culture '%(culture)s'. Use a name such as en-US or da-DK."),
        "invalid_precision": _("'%(precision)s' is not a valid precision. Use a number above zero, such as 0.05."),
        "invalid_rounding": _("'%(direction)s' is not a rounding direction."),
        "invalid_part": _("'%(part)s' is not a part of a date."),
        "not_a_lookup_field": _("The field '%(field)s' cannot be used by a field lookup."),
        "unknown_custom_transformation": _("This installation has no custom transformation '%(name)s'."),
        "transform_reason": "%(error)s",
        "not_a_number": _("it is not a number."),
        "not_a_date": _("it is not a date of the expected form."),
        "transform_too_long": _("it is too long."),
        "transform_no_text": _("the custom transformation returned something other than text."),
        "transform_error": _("the custom transformation ended with an error."),
        "no_lookup_here": _("rows cannot be looked up here."),
        "transformation_with_constant": _("A line with a constant value cannot have a transformation rule."),
        "transformation_in_option_mapping": _("A line of an option mapping cannot have a transformation rule."),
        "transformation_on_lookup": _(
            "'%(field)s' refers to another record. Transformation rules work on texts, numbers, dates and options."
        ),
        "transformation_not_stable": _(
            "The rule %(rule)s cannot be used in a bidirectional line, because it changes its own result: '%(value)s' "
            "becomes '%(once)s', and '%(once)s' becomes '%(twice)s'. Make the line one-way or use another rule."
        ),
        "transformation_one_way_type": _(
            "The rule %(rule)s cannot be used in a bidirectional line, because it turns a value into another kind of "
            "value (%(type)s). Make the line one-way."
        ),
        "type_extract_from_date": _("Extract From Date"),
        "type_unix_timestamp": _("Unix Timestamp"),
        "transformation_in_use": _("The rule %(rule)s cannot be deleted because it is in use: %(lines)s."),
        "transformation_breaks_line": _(
            "The rule %(rule)s cannot be changed in this way, because the line %(line)s uses it."
        ),
        # values
        "dependency_not_coupled": _("%(caption)s %(value)s must be coupled to a record in %(crm_product)s."),
        "code_not_found": _("The %(caption)s '%(value)s' does not exist."),
        "owner_is_team": _("The owner of the record is a team, which is no salesperson."),
        # couplings
        "already_coupled": _("Cannot couple, because %(record)s is already coupled to %(partner)s."),
        "outside_filter": _("%(record)s is outside the filter of the mapping %(mapping)s."),
        "direction_not_allowed": _("The mapping %(mapping)s does not allow this direction."),
        "only_coupled": _(
            "Synch. Only Coupled Records is turned on for the mapping %(mapping)s, so no record is created."
        ),
        "not_coupled": _("The record is not coupled."),
        "partner_missing": _("Choose a record, or choose to create a new one."),
        "partner_both": _("Choose either an existing record or a new one."),
        "record_missing": _("The record does not exist."),
        "no_single_record": _("Select exactly one record."),
        "replace_needed": _("The record is coupled with %(partner)s. Confirm that this coupling is to be replaced."),
        "option_taken": _("The option %(value)s is already mapped to %(partner)s."),
        "option_comma": _("The label '%(value)s' contains a comma."),
        "option_beginning": _(
            "The first ten characters of '%(value)s' are those of the option '%(other)s'. Choose a label that begins differently."
        ),
        "option_mapping_only": _("%(mapping)s is an option mapping; its codes are mapped to option values."),
        "not_option_mapping": _("%(mapping)s is not an option mapping."),
        "no_exchange_rate": _(
            "Cannot create or update the currency %(code)s, because there is no exchange rate defined for it."
        ),
        "contact_without_relation": _(
            "The contact %(contact)s must have a contact company that has a business relation to a customer or vendor."
        ),
        "contact_company_missing": _("The contact cannot be synchronized because the company does not exist."),
        "company_not_coupled": _("The account of the contact must be coupled with a customer or vendor first."),
    }
)

register(
    {
        # what stands in the audit log
        "audit.connection_update": _("Connection changed"),
        "audit.connection_enable": _("Connection enabled"),
        "audit.connection_disable": _("Connection disabled"),
        "audit.connection_rotate_keys": _("Key of the connection renewed"),
        "audit.mapping_create": _("Mapping created"),
        "audit.mapping_update": _("Mapping changed"),
        "audit.mapping_delete": _("Mapping deleted"),
        "audit.mapping_line_create": _("Field mapping created"),
        "audit.mapping_line_update": _("Field mapping changed"),
        "audit.mapping_line_delete": _("Field mapping deleted"),
        "audit.mapping_line_move": _("Field mapping moved"),
        "audit.mapping_reset": _("Mappings reset to their defaults"),
        "audit.mapping_install": _("Default mapping installed"),
        "audit.mapping_restore": _("Earlier version of a mapping restored"),
        "audit.mapping_import": _("Mapping changed by an import"),
        "audit.mapping_wizard": _("Mapping changed by the assistant"),
        "audit.option_mapping_create": _("Option mapping created"),
        "audit.option_mapping_delete": _("Option mapping deleted"),
        "audit.company_rename": _("Company renamed"),
        "audit.coupling_create": _("Coupling created"),
        "audit.coupling_delete": _("Coupling deleted"),
        "audit.transformation_rule_create": _("Transformation rule created"),
        "audit.transformation_rule_update": _("Transformation rule changed"),
        "audit.transformation_rule_delete": _("Transformation rule deleted"),
        "audit.template_create": _("Configuration template created"),
        "audit.template_update": _("Configuration template changed"),
        "audit.template_delete": _("Configuration template deleted"),
    }
)
