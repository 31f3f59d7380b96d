"""The texts of this side's codes."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from records.messages import register

register(
    {
        "contains_letters": _("A phone number must not contain letters."),
        "invalid_email": _("The email address '%(value)s' is not valid."),
        "invalid_url": _("'%(value)s' is not a web address."),
        "invalid_gln": _("The GLN %(value)s is not valid: it has 13 digits, the last one is a check digit."),
        "invalid_iban": _("'%(value)s' is not a valid IBAN."),
        "invalid_decimal_places": _("'%(value)s' does not have the form minimum:maximum, for example 2:2."),
        "letters_expected": _("Enter exactly %(count)s letters, or nothing."),
        "digits_expected": _("Enter exactly %(count)s digits, or nothing."),
        "registration_number_too_long": _("A registration number has at most %(max)s characters."),
        "privacy_blocked_salesperson": _("Privacy Blocked must not be true for Salesperson %(code)s."),
        "blocked_salesperson": _("Salesperson %(code)s is blocked and cannot be chosen."),
        "privacy_blocked_customer": _(
            "The Blocked field cannot be changed because the user is blocked for privacy reasons."
        ),
        "privacy_blocked_confirm": _(
            "If you change the Blocked field, the Privacy Blocked field is changed to No. Do you want to continue?"
        ),
        "contact_not_related": _(
            "Contact %(contact_no)s %(contact_name)s is not related to customer %(customer_no)s %(customer_name)s."
        ),
        "contact_of_primary": _(
            "The contact is the primary contact's name. Clear Primary Contact No. to enter another one."
        ),
        "bill_to_itself": _("A customer cannot be its own bill-to customer."),
        "setup_missing": _("%(field)s must have a value in %(table)s."),
        "no_series_exhausted": _("You cannot assign new numbers from the number series %(series)s."),
        "no_series_date_order": _(
            "You cannot assign new numbers from the number series %(series)s on %(date)s: a later date has been used."
        ),
        "no_series_not_default": _(
            "Numbers cannot be assigned automatically. To do so, turn on Default Nos. in No. Series %(series)s."
        ),
        "no_series_not_manual": _(
            "You may not enter numbers manually. To do so, turn on Manual Nos. in No. Series %(series)s."
        ),
        "no_digits_in_number": _("The number %(value)s cannot be counted up because it contains no digits."),
        "number_out_of_line": _("The number %(value)s does not follow the starting number of the line."),
        "contact_name_required": _("A contact of type Company must have a name."),
        "only_for_people": _("Only a contact of type Person has this."),
        "not_a_company": _("Contact %(no)s is not a company."),
        "company_not_found": _("There is no contact of type Company with the name '%(value)s'."),
        "own_company": _("A contact of type Company belongs to itself."),
        "type_has_people": _("The type cannot be changed while other people belong to the contact."),
        "type_has_relations": _("The type cannot be changed while the contact has business relations."),
        "type_has_value": _("The type cannot be changed to Person while %(field)s has a value."),
        "minor_without_consent": _(
            "Privacy Blocked cannot be cleared until Parental Consent Received is set to true for minor contact %(no)s."
        ),
        "link_needs_number": _("A relation with the code %(code)s needs the number of the record it links to."),
        "link_not_available": _("There is no table to link to."),
        "link_number_unknown": _("Customer %(no)s does not exist."),
        "relation_needs_company": _("Business relations belong to contacts of type Company."),
        "privacy_blocked_contact": _("Contact %(no)s is blocked for privacy reasons."),
        "contact_already_related": _("Contact %(no)s already has a business relation with a customer."),
        "customer_already_related": _("Customer %(no)s already has a contact."),
        "not_zero": _("%(field)s must not be 0."),
        "same_currency": _("The relational currency must be another currency."),
        "rounding_multiple": _("The invoice rounding precision must be a multiple of the amount rounding precision."),
        "symbol_in_use": _("The symbol %(symbol)s is used by %(currency)s too."),
    }
)
