"""The error catalogue: for every reason of the log, what to do about it. Its sentence is in `records.messages`."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from records import messages

PREFIX = "help:"

#: reason -> what to do next.
NEXT_STEPS = {
    "not_coupled": _("Choose Set Up Coupling on the record."),
    "only_coupled": _("Couple the record, or turn off Synch. Only Coupled Records on the mapping."),
    "outside_filter": _("Change the record or the filter of the mapping so that they fit."),
    "skipped_coupling": _(
        "Remove the cause of the last error, then choose Retry in Coupled Data Synchronization Errors."
    ),
    "update_conflict": _("Choose Synchronize in the list of errors and decide field by field."),
    "destination_deleted": _("Choose Restore Records, Delete Records or Delete Coupling in the list of errors."),
    "source_deleted": _("Choose Restore Records, Delete Records or Delete Coupling in the list of errors."),
    "dependency_not_coupled": _("Couple the record that this one refers to, then choose Retry."),
    "dependency_failed": _("Correct the errors of the mapping that goes first, then run this one again."),
    "direction_not_allowed": _("Choose the direction of the mapping, or change it on the mapping."),
    "blocked_or_inactive": _("Unblock or activate the record."),
    "already_coupled": _("Delete the present coupling first, or choose another record."),
    "ambiguous_match": _("Add match fields to the mapping, or couple the record by hand."),
    "no_match": _("Couple the record by hand, or let the run create new records."),
    "no_criteria": _("Mark the fields to match on the field mappings of the mapping."),
    "too_long": _("Shorten the value, or let the field mapping truncate it."),
    "truncated": _("Nothing has to be done. The full value stays where it was entered."),
    "invalid_value": _("Correct the value in the record that it comes from."),
    "not_null": _("Enter a value in the record that it comes from."),
    "unknown_option": _("Add the option to the option mapping, or choose another value."),
    "transformation_failed": _("Correct the value or the transformation rule."),
    "template_missing": _("Add a template for new records to the mapping."),
    "rule": _("Correct the record so that the rule of its table is kept."),
    "unique_violation": _("Choose another value, or couple with the record that has it already."),
    "locked": _("Nothing has to be done. The record is tried again in a moment."),
    "version_conflict": _("Nothing has to be done. The record is compared again with the next run."),
    "destination_changed": _("Look at the record, then synchronize it alone and choose the side that wins."),
    "unavailable": _("Nothing has to be done. The run goes on when the other side answers again."),
    "permission_denied": _("Ask an administrator for the permission set that this needs."),
    "mapping_changed": _("Nothing has to be done. The work has been started anew with the mapping as it is now."),
    "internal_error": _("Report the text of the error to your administrator. The other records are not affected."),
    "every_record_fails": _(
        "Report the text of the error to your administrator. Nothing is lost: the records wait for the next run."
    ),
    "required": _("Enter the missing value, or give the mapping a constant for it."),
    "code_not_found": _("Create the code, or correct the value in the record that it comes from."),
    "owner_is_team": _("Assign the record to a person, or leave its salesperson alone."),
    "no_exchange_rate": _("Enter an exchange rate for the currency."),
    "contact_without_relation": _("Assign the contact to a company that is a customer or a vendor."),
    "contact_company_missing": _("Assign the contact to a company."),
    "company_not_coupled": _("Couple the account of the contact first."),
    "connection_disabled": _("Ask an administrator to enable the connection."),
    "schedule_on_hold": _("Set the job queue entry to ready."),
    "schedule_error": _("Look at its last job, correct the cause, then set the job queue entry to ready."),
    "schedule_missing": _("Save the mapping again: its job queue entry is made with it."),
}

messages.register({f"{PREFIX}{code}": step for code, step in NEXT_STEPS.items()})


def next_step(code: str) -> str:
    """What to do about a reason, in the active language; blank where nothing is known."""
    key = f"{PREFIX}{code}"
    found = messages.text(key)
    return "" if found == key else found
