"""Teams, business units and ERP companies: lists and forms for administrators."""

from __future__ import annotations

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from pages import Action, CardPage, FactBox, FastTab, ListPage, View, register
from pages.rows import Row, read
from records import db

_MEMBERS = "SELECT systemuser_id FROM crm_teammembership WHERE team_id = %s"


def team_members(_request: HttpRequest, record: Row) -> dict[str, object]:
    """The users of a team: `{"members": [row]}`."""
    rows = read("crm.SystemUser", [pk for (pk,) in db.rows(_MEMBERS, [record.pk])], ("fullname", "title"))
    return {"members": sorted(rows, key=lambda row: str(row.get("fullname") or ""))}


MEMBERS = FactBox("members", _("Members"), "crm/_members.html", team_members, "people_team")


EDIT_MEMBERS = Action(
    "members", _("Edit Members"), dialog="crm.team.members", scope="one", right="setup", icon="person_add"
)


@register
class TeamList(ListPage):
    """Groups of users."""

    name = "crm.team.list"
    app = "crm"
    model = "crm.Team"
    path = "crm/teams/"
    title = _("Teams")
    card = "crm.team.card"
    menu = ("administration", 30)
    icon = "people_team"
    edit_right = "setup"
    columns = ("name", "businessunitid", "teamtype", "administratorid", "isdefault", "emailaddress")
    views = (
        View("all", _("All Teams"), ""),
        View("owner", _("Owner Teams"), "teamtype=0"),
        View("access", _("Access Teams"), "teamtype=1"),
    )
    actions = (EDIT_MEMBERS,)
    factboxes = (MEMBERS,)


@register
class TeamForm(CardPage):
    """One team."""

    name = "crm.team.card"
    app = "crm"
    model = "crm.Team"
    path = "crm/teams/<uuid:pk>/"
    title = _("Team")
    list = "crm.team.list"
    edit_right = "setup"
    fasttabs = (
        FastTab(
            "general",
            _("General"),
            (
                "name", "businessunitid", "administratorid", "teamtype", "isdefault", "emailaddress", "createdon",
                "modifiedby", "modifiedon",
            ),
        ),
    )  # fmt: skip
    actions = (EDIT_MEMBERS,)
    factboxes = (MEMBERS,)


@register
class BusinessUnitList(ListPage):
    """Parts of the organization."""

    name = "crm.business_unit.list"
    app = "crm"
    model = "crm.BusinessUnit"
    path = "crm/businessunits/"
    title = _("Business Units")
    card = "crm.business_unit.card"
    menu = ("administration", 40)
    icon = "organization"
    edit_right = "setup"
    columns = ("name", "parentbusinessunitid", "isdisabled")
    views = (View("all", _("All Business Units"), ""),)


@register
class BusinessUnitForm(CardPage):
    """One business unit."""

    name = "crm.business_unit.card"
    app = "crm"
    model = "crm.BusinessUnit"
    path = "crm/businessunits/<uuid:pk>/"
    title = _("Business Unit")
    list = "crm.business_unit.list"
    edit_right = "setup"
    fasttabs = (
        FastTab(
            "general",
            _("General"),
            ("name", "parentbusinessunitid", "isdisabled", "createdon", "modifiedby", "modifiedon"),
        ),
    )


@register
class CompanyList(ListPage):
    """ERP companies that this organization works with."""

    name = "crm.company.list"
    app = "crm"
    model = "crm.Company"
    path = "crm/bcbi_companies/"
    title = _("Companies")
    card = "crm.company.card"
    menu = ("administration", 50)
    icon = "organization"
    edit_right = "setup"
    columns = ("bcbi_name", "bcbi_externalid", "bcbi_defaultowningteam", "ownerid")
    views = (View("all", _("All Companies"), ""),)


@register
class CompanyForm(CardPage):
    """One ERP company."""

    name = "crm.company.card"
    app = "crm"
    model = "crm.Company"
    path = "crm/bcbi_companies/<uuid:pk>/"
    title = _("Company")
    list = "crm.company.list"
    edit_right = "setup"
    header = ("ownerid", "statecode", "statuscode")
    fasttabs = (
        FastTab(
            "general",
            _("General"),
            ("bcbi_name", "bcbi_externalid", "bcbi_defaultowningteam", "createdon", "modifiedby", "modifiedon"),
        ),
    )
