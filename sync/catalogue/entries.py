"""What is known of each reason: why it happens, what to do about it, and the page where that is done.

The sentences themselves are in `records.messages`. Reasons that tables give when they refuse a record share the entries
of `FAMILIES`.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True)
class Entry:
    """One reason. `page`: the name of the page where the next step is taken."""

    cause: str | Promise
    step: str | Promise
    page: str


ENTRIES: dict[str, Entry] = {
    "not_coupled": Entry(
        _("The record has no partner on the other side, and the job was not allowed to create one."),
        _("Choose Set Up Coupling on the record."),
        "coupling.coupling.list",
    ),
    "only_coupled": Entry(
        _("The mapping synchronizes coupled records only, so nothing is created for this one."),
        _("Couple the record, or turn off Synch. Only Coupled Records on the mapping."),
        "coupling.mapping.list",
    ),
    "outside_filter": Entry(
        _("The record does not meet the filter of its table on the mapping."),
        _("Change the record or the filter of the mapping so that they fit."),
        "coupling.mapping.list",
    ),
    "skipped_coupling": Entry(
        _("The same error occurred twice in a row, so the coupling was set aside until somebody looks at it."),
        _("Remove the cause of the last error, then choose Retry in Coupled Data Synchronization Errors."),
        "sync.work_list",
    ),
    "update_conflict": Entry(
        _(
            "Both records were changed since they were last in step, at least one field on both sides, and the mapping has no strategy that decides."
        ),
        _("Choose Synchronize in the list of errors and decide field by field."),
        "sync.work_list",
    ),
    "destination_deleted": Entry(
        _("Somebody deleted the coupled record, and the mapping does not say what follows from that."),
        _("Choose Restore Records, Delete Records or Delete Coupling in the list of errors."),
        "sync.work_list",
    ),
    "source_deleted": Entry(
        _("Somebody deleted the record that the values came from."),
        _("Choose Restore Records, Delete Records or Delete Coupling in the list of errors."),
        "sync.work_list",
    ),
    "dependency_not_coupled": Entry(
        _("The record refers to another one, such as a currency or a company, that has no partner yet."),
        _(
            "Choose Couple These First in Synchronize Now, or couple the record that this one refers to, then choose Retry."
        ),
        "coupling.coupling.list",
    ),
    "no_mapping": Entry(
        _("The record refers to one of a table that no mapping carries, so that one can have no partner."),
        _("Clear the field of the record, or let an administrator map the table that it refers to."),
        "coupling.mapping.list",
    ),
    "dependency_failed": Entry(
        _("In a full synchronization a line waits for the mappings it depends on, and one of them failed."),
        _("Correct the errors of the mapping that goes first, then run this one again."),
        "sync.full_sync.list",
    ),
    "direction_not_allowed": Entry(
        _("The mapping, or the field mapping, only carries values the other way."),
        _("Choose the direction of the mapping, or change it on the mapping."),
        "coupling.mapping.list",
    ),
    "blocked_or_inactive": Entry(
        _("The record on the Sales side is inactive, or the ERP record is blocked; such records are left alone."),
        _("Unblock or activate the record."),
        "sync.work_list",
    ),
    "already_coupled": Entry(
        _("One of the two records has another partner under this mapping."),
        _("Delete the present coupling first, or choose another record."),
        "coupling.coupling.list",
    ),
    "ambiguous_match": Entry(
        _("Several records have the same values in the fields that are compared."),
        _("Add match fields to the mapping, or couple the record by hand."),
        "sync.outcome.list",
    ),
    "no_match": Entry(
        _("No record on the other side has the same values in the fields that are compared."),
        _("Couple the record by hand, or let the run create new records."),
        "sync.outcome.list",
    ),
    "no_criteria": Entry(
        _("Match-based coupling needs at least one field mapping that is marked for matching."),
        _("Mark the fields to match on the field mappings of the mapping."),
        "coupling.mapping.list",
    ),
    "too_long": Entry(
        _("The field on the other side is shorter than the text."),
        _("Shorten the value, or let the field mapping truncate it."),
        "coupling.mapping.list",
    ),
    "truncated": Entry(
        _("The field mapping is set to truncate texts that are too long."),
        _("Nothing has to be done. The full value stays where it was entered."),
        "coupling.mapping.list",
    ),
    "not_null": Entry(
        _("The field on the other side must not be blank, but the source field is."),
        _("Enter a value in the record that it comes from."),
        "coupling.mapping.list",
    ),
    "unknown_option": Entry(
        _("The option of one side has no counterpart on the other."),
        _("Add the option to the option mapping, or choose another value."),
        "coupling.option_mapping.list",
    ),
    "option_beginning": Entry(
        _("Codes keep only the beginning of a label, and another option begins in the same way."),
        _("Change the label of one of the two options so that they begin differently, then choose Retry."),
        "coupling.option_mapping.list",
    ),
    "option_comma": Entry(
        _("Labels with a comma cannot become codes."),
        _("Take the comma out of the label of the option, then choose Retry."),
        "coupling.option_mapping.list",
    ),
    "transformation_failed": Entry(
        _("A transformation rule of the field mapping could not work on this value."),
        _("Correct the value or the transformation rule."),
        "coupling.transformation_rule.list",
    ),
    "unknown_transformation": Entry(
        _("The field mapping names a transformation rule that does not exist."),
        _("Choose another rule in the field mapping, or create the rule."),
        "coupling.mapping.list",
    ),
    "unknown_custom_transformation": Entry(
        _("A rule of the type Custom names a function that the settings of this installation do not have."),
        _("Add the function to the settings, or choose another rule in the field mapping."),
        "coupling.transformation_rule.list",
    ),
    "conversion_failed": Entry(
        _("The value could not be converted into the type of the field on the other side."),
        _("Correct the value, or map the field to another one."),
        "coupling.mapping.list",
    ),
    "template_missing": Entry(
        _("The configuration template for new records names a field, a code or a filter that no longer exists."),
        _("Correct the configuration template, or delete it."),
        "coupling.template.list",
    ),
    "rule": Entry(
        _("A rule of the database, or of the table that is written to, does not allow the record in this form."),
        _("Correct the record so that the rule of its table is kept."),
        "sync.work_list",
    ),
    "unique_violation": Entry(
        _("Another record of the same table has this value already, and it has to be unique."),
        _("Choose another value, or couple with the record that has it already."),
        "sync.work_list",
    ),
    "locked": Entry(
        _("Another user, or another job, was writing the record at this moment."),
        _("Nothing has to be done. The record is tried again in a moment."),
        "sync.pending.list",
    ),
    "version_conflict": Entry(
        _("The record was changed between being read and being written."),
        _("Nothing has to be done. The record is compared again with the next run."),
        "sync.pending.list",
    ),
    "destination_changed": Entry(
        _(
            "The record that would be overwritten is newer than the last synchronization, and nobody has seen its values."
        ),
        _("Look at the record, then synchronize it alone and choose the side that wins."),
        "sync.work_list",
    ),
    "unavailable": Entry(
        _("The database or the connection to the other side did not answer."),
        _("Nothing has to be done. The run goes on when the other side answers again."),
        "coupling.connection.card",
    ),
    "permission_denied": Entry(
        _("The user who requested the job does not have, or no longer has, the permission set that it needs."),
        _("Ask an administrator for the permission set that this needs."),
        "people.user.list",
    ),
    "mapping_changed": Entry(
        _("An administrator saved the mapping while the job was running."),
        _("Nothing has to be done. The work has been started anew with the mapping as it is now."),
        "sync.job.list",
    ),
    "internal_error": Entry(
        _("The program met something it was not written for. The record was left out so that the others could go on."),
        _("Report the text of the error to your administrator. The other records are not affected."),
        "sync.error.list",
    ),
    "every_record_fails": Entry(
        _(
            "A number of records were tried one by one and all raised the same error, so the program or its setup is at fault, not the records."
        ),
        _("Report the text of the error to your administrator. Nothing is lost: the records wait for the next run."),
        "sync.job.list",
    ),
    "required": Entry(
        _("A field that the other side needs is blank in the source record."),
        _("Enter the missing value, or give the mapping a constant for it."),
        "coupling.mapping.list",
    ),
    "code_not_found": Entry(
        _("The other side sent a code that does not exist here."),
        _("Create the code, or correct the value in the record that it comes from."),
        "sync.work_list",
    ),
    "owner_is_team": Entry(
        _("A record on the Sales side may be owned by a team, but a salesperson is a person."),
        _("Assign the record to a person, or leave its salesperson alone."),
        "sync.work_list",
    ),
    "no_exchange_rate": Entry(
        _("The Sales side needs a rate for each currency, and the ERP has none for this one."),
        _("Enter an exchange rate for the currency."),
        "erp.currency.list",
    ),
    "contact_without_relation": Entry(
        _("Only people of companies that are customers or vendors are synchronized."),
        _("Assign the contact to a company that is a customer or a vendor."),
        "erp.contact.list",
    ),
    "contact_company_missing": Entry(
        _("The customer that the account is coupled with has no company among the contacts."),
        _("Assign the contact to a company."),
        "erp.contact.list",
    ),
    "company_not_coupled": Entry(
        _("The account that the contact belongs to has no partner yet."),
        _("Couple the account of the contact first."),
        "coupling.coupling.list",
    ),
    "connection_disabled": Entry(
        _("The connection was disabled, or has never been enabled."),
        _("Ask an administrator to enable the connection."),
        "coupling.connection.card",
    ),
    "schedule_on_hold": Entry(
        _("Somebody put the job queue entry of the mapping on hold, so nothing starts by itself."),
        _("Set the job queue entry to ready."),
        "sync.schedule.list",
    ),
    "schedule_error": Entry(
        _("The last job of the entry failed, and the entry stopped."),
        _("Look at its last job, correct the cause, then set the job queue entry to ready."),
        "sync.schedule.list",
    ),
    "schedule_missing": Entry(
        _("The mapping has no job queue entry."),
        _("Save the mapping again: its job queue entry is made with it."),
        "sync.schedule.list",
    ),
    "invalid_value": Entry(
        _("The value does not fit the field on the other side."),
        _("Correct the value in the record that it comes from."),
        "coupling.mapping.list",
    ),
    "record_missing": Entry(
        _("The record was deleted before the job came to it."),
        _("Nothing has to be done. If the record should exist, create it again."),
        "sync.work_list",
    ),
    "mapping_missing": Entry(
        _("The mapping was deleted after the job was requested."),
        _("Create the mapping again, or use the default synchronization setup."),
        "coupling.mapping.list",
    ),
    "mapping_table_gone": Entry(
        _("The table of the mapping does not exist in this version of the program."),
        _("Delete the mapping. The other mappings run."),
        "coupling.mapping.list",
    ),
    "mapping_filter_broken": Entry(
        _("The filter names a field that was removed, or holds a value that the field no longer takes."),
        _("Correct the filter on the mapping and run it again. Nothing is lost: changed records wait."),
        "coupling.mapping.list",
    ),
    "mapping_line_broken": Entry(
        _("A field that an enabled line names was removed from its table."),
        _(
            "Choose another field or disable the line, and run the mapping again. Nothing is lost: changed records wait."
        ),
        "coupling.mapping.list",
    ),
    "mapping_constant_broken": Entry(
        _("The constant of an enabled line is not, or no longer, a value that its field takes."),
        _(
            "Correct the constant or disable the line, and run the mapping again. Nothing is lost: changed records wait."
        ),
        "coupling.mapping.list",
    ),
    "not_undoable": Entry(
        _(
            "Somebody has changed or deleted the record since, or the rules of its table do not allow it to be taken back."
        ),
        _("Compare the values before and after in the log, and correct the record by hand."),
        "sync.outcome.list",
    ),
    "row_stale": Entry(
        _("Somebody else changed the same record after the workbook was made."),
        _("Get the record again with Edit in Excel and repeat the change; nothing was lost on either side."),
        "sync.job.list",
    ),
    "row_gone": Entry(
        _("Somebody else deleted the record after the workbook was made."),
        _("Remove the row, or enter it as a new record in an empty row."),
        "sync.job.list",
    ),
    "import_refused": Entry(
        _("A file is imported whole or not at all, and some of its rows could not be stored."),
        _("Correct the rows that are listed, or leave bad rows out, and import the file again."),
        "sync.job.list",
    ),
}

#: Reasons that share cause and next step, because they differ only in what they say.
FAMILIES: tuple[tuple[Entry, tuple[str, ...]], ...] = (
    (
        Entry(
            _("A row of a workbook cannot be read as it stands."),
            _("Correct the row in the workbook and send it again."),
            "sync.job.list",
        ),
        ("formula_cell", "error_cell", "row_tag_damaged", "row_twice", "file_bursts"),
    ),
    (
        Entry(
            _("The value does not have the form, or is not among the values, that the field on the other side allows."),
            _(
                "Correct the value in the record that it comes from, or let a transformation rule of the field mapping change it."
            ),
            "coupling.mapping.list",
        ),
        (
            "contains_letters",
            "digits_expected",
            "invalid_date",
            "invalid_date_formula",
            "invalid_decimal_places",
            "invalid_email",
            "invalid_gln",
            "invalid_iban",
            "invalid_number",
            "invalid_option",
            "invalid_url",
            "letters_expected",
            "not_zero",
            "nul_character",
            "out_of_range",
            "registration_number_too_long",
            "status_does_not_fit",
            "too_many_digits",
        ),
    ),
    (
        Entry(
            _("The record refers to another one that does not exist."),
            _("Create the record it refers to, or correct the reference."),
            "sync.work_list",
        ),
        (
            "company_not_found",
            "contact_not_related",
            "link_number_unknown",
            "not_found",
        ),
    ),
    (
        Entry(
            _("The setup of the side that is written to is not complete."),
            _("Complete the setup that the message names, then choose Retry."),
            "sync.work_list",
        ),
        (
            "base_currency_rate",
            "base_currency_stays",
            "no_series_date_order",
            "no_series_exhausted",
            "root_unit_stays",
            "setup_missing",
        ),
    ),
    (
        Entry(
            _("Other records refer to the one that would be deleted."),
            _("Delete or change the records that refer to it first."),
            "sync.work_list",
        ),
        ("in_use",),
    ),
    (
        Entry(
            _("The mapping writes a field that cannot be written, or that no longer exists."),
            _("Correct the field mapping."),
            "coupling.mapping.list",
        ),
        (
            "insert_only",
            "not_on_create",
            "read_only",
            "unknown_field",
        ),
    ),
    (
        Entry(
            _("A rule of the table that is written to does not allow the record in this form."),
            _("Correct the record so that the rule is kept, then choose Retry."),
            "sync.work_list",
        ),
        (
            "account_in_circle",
            "bill_to_itself",
            "blocked_salesperson",
            "contact_already_related",
            "contact_name_required",
            "contact_of_primary",
            "customer_already_related",
            "inactive_read_only",
            "link_needs_number",
            "link_not_available",
            "minor_without_consent",
            "not_a_company",
            "only_for_people",
            "own_company",
            "privacy_blocked_confirm",
            "privacy_blocked_customer",
            "privacy_blocked_salesperson",
            "rate_not_positive",
            "relation_needs_company",
            "same_currency",
            "type_has_people",
            "type_has_relations",
            "type_has_value",
            "unit_in_circle",
        ),
    ),
)
