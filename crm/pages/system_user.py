"""Users of the Sales side: list and form."""

from __future__ import annotations

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from crm.pages.common import changed
from pages import Action, CardPage, Chip, Done, FastTab, ListPage, Selection, Status, View, register

DISABLED_CHIPS = {
    False: Chip(_("Enabled"), "ok", "checkmark_circle"),
    True: Chip(_("Disabled"), "neutral", "subtract_circle"),
}


def _enable(_request: HttpRequest, selection: Selection) -> Done:
    count = len(changed(selection, {"isdisabled": False}).rows)
    return Done(ngettext("%(count)s user was enabled.", "%(count)s users were enabled.", count) % {"count": count})


def _disable(_request: HttpRequest, selection: Selection) -> Done:
    count = len(changed(selection, {"isdisabled": True}).rows)
    return Done(ngettext("%(count)s user was disabled.", "%(count)s users were disabled.", count) % {"count": count})


def _has(selection: Selection, *, disabled: bool) -> bool:
    return any(bool(row.get("isdisabled")) == disabled for row in selection.rows(limit=100))


def _nobody_disabled(_request: HttpRequest, selection: Selection) -> object:
    return "" if _has(selection, disabled=True) else _("The user is enabled.")


def _nobody_enabled(_request: HttpRequest, selection: Selection) -> object:
    return "" if _has(selection, disabled=False) else _("The user is disabled.")


ACTIONS = (
    Action(
        "enable",
        _("Enable"),
        run=_enable,
        scope="many",
        icon="checkmark_circle",
        right="setup",
        disabled=_nobody_disabled,
    ),
    Action(
        "disable",
        _("Disable"),
        run=_disable,
        scope="many",
        icon="subtract_circle",
        right="setup",
        disabled=_nobody_enabled,
        confirm=_("Disable the selected users? They keep their records but cannot be given new ones."),
    ),
)


@register
class SystemUserList(ListPage):
    """People and integrations that work in Sales."""

    name = "crm.system_user.list"
    app = "crm"
    model = "crm.SystemUser"
    path = "crm/systemusers/"
    title = _("Users")
    card = "crm.system_user.card"
    menu = ("administration", 10)
    icon = "people_team"
    edit_right = "setup"
    keywords = _("user, owner, salesperson, crm")
    columns = (
        "fullname",
        "internalemailaddress",
        "mobilephone",
        "title",
        "businessunitid",
        Status("isdisabled", _("Status"), chips=DISABLED_CHIPS),
    )
    views = (
        View("enabled", _("Enabled Users"), "isdisabled=false"),
        View("disabled", _("Disabled Users"), "isdisabled=true"),
        View("integration", _("Integration Users"), "isintegrationuser=true"),
        View("all", _("All Users"), ""),
    )
    actions = ACTIONS


@register
class SystemUserForm(CardPage):
    """One user."""

    name = "crm.system_user.card"
    app = "crm"
    model = "crm.SystemUser"
    path = "crm/systemusers/<uuid:pk>/"
    title = _("User")
    list = "crm.system_user.list"
    edit_right = "setup"
    fasttabs = (
        FastTab(
            "summary",
            _("Summary"),
            (
                "domainname", "firstname", "lastname", "fullname", "title", "internalemailaddress", "mobilephone",
                "address1_telephone1",
            ),
        ),
        FastTab("details", _("Details"), ("middlename", "jobtitle", "personalemailaddress", "homephone")),
        FastTab(
            "administration",
            _("Administration"),
            (
                "businessunitid", "parentsystemuserid", "transactioncurrencyid", "disabledreason", "islicensed",
                "isintegrationuser", "accessmode", "caltype", "applicationid", "createdon", "modifiedby", "modifiedon",
            ),
        ),
    )  # fmt: skip
    actions = ACTIONS
    chips = (lambda _request, row: DISABLED_CHIPS[bool(row.get("isdisabled"))],)
