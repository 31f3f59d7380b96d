"""The home page of this side."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from pages import Cue, CueGroup, Help, RoleCentrePage, register


@register
class CrmRoleCentre(RoleCentrePage):
    """What belongs to the user, and what there is."""

    name = "crm.role_centre"
    app = "crm"
    path = "crm/"
    title = _("Home")
    headline = _("Sales")
    keywords = _("home, start, sales, crm")
    help = Help(_("Your accounts and contacts. Every tile opens the list of exactly what it counts."))
    parts = (
        CueGroup(
            "mine",
            _("My Records"),
            (
                Cue("my_accounts", _("My Active Accounts"), page="crm.account.list", view="mine"),
                Cue("my_contacts", _("My Active Contacts"), page="crm.contact.list", view="mine"),
            ),
            width=5,
            icon="person",
        ),
        CueGroup(
            "everything",
            _("Accounts and Contacts"),
            (
                Cue("accounts", _("Active Accounts"), page="crm.account.list", view="active"),
                Cue("customers", _("Active Customers"), page="crm.account.list", view="customers"),
                Cue("contacts", _("Active Contacts"), page="crm.contact.list", view="active"),
                Cue("without_company", _("Contacts Without Company"), page="crm.contact.list", view="without_company"),
            ),
            width=7,
            icon="building",
        ),
    )
