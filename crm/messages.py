"""Texts of the codes that this side's rules raise."""

from django.utils.translation import gettext_lazy as _

from records.messages import register

register({
    "not_on_create": _("%(caption)s cannot be given when a record is created."),
    "status_does_not_fit": _("The status reason does not fit the status."),
    "owner_disabled": _("The owner is a disabled user."),
    "owner_no_owner_team": _("Only an owner team can own records."),
    "account_in_circle": _("An account cannot be its own parent."),
    "unit_in_circle": _("A business unit cannot be its own parent."),
    "root_unit_stays": _("The root business unit has no parent."),
    "inactive_read_only": _("The record is inactive. Activate it before you change it."),
    "unknown_option": _("The option value '%(value)s' is not known."),
    "rate_not_positive": _("The exchange rate must be above 0."),
    "base_currency_rate": _("The exchange rate of the base currency is always 1."),
    "base_currency_stays": _("The base currency cannot be deleted."),
})  # fmt: skip
