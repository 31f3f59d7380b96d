"""Texts of the codes that this side's rules raise."""

from django.utils.translation import gettext_lazy as _

from records.messages import register

register({
    "not_on_create": _("%(caption)s cannot be given when a record is created."),
    "status_does_not_fit": _("The status reason does not fit the status."),
    "owner_disabled": _("The owner is a disabled user."),
    "owner_no_owner_team": _("Only an owner team can own records."),
    "parent_in_circle": _("An account cannot be its own parent."),
    "rate_not_positive": _("The exchange rate must be above 0."),
    "base_currency_rate": _("The exchange rate of the base currency is always 1."),
    "base_currency_stays": _("The base currency cannot be deleted."),
})  # fmt: skip
