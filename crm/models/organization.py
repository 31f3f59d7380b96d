"""The organization: business units, teams with their members, and the ERP companies it works with."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from crm import choices
from crm.models.base import CrmTable, Owned, key
from crm.rules import deletion, organization, team
from records.batch import Batch
from records.fields import Bool, Calculated, NullMemo, NullText, Option, Ref


class BusinessUnit(CrmTable):
    """A part of the organization; the root has no parent."""

    businessunitid = key(_("Business Unit"))
    name = NullText(160, caption=_("Name"), required=True, unique=True)
    parentbusinessunitid = Ref("crm.BusinessUnit", models.RESTRICT, caption=_("Parent Business"))
    isdisabled = Bool(readonly=True, caption=_("Disabled"))

    class Meta:
        """Plain."""

        verbose_name = _("Business Unit")
        verbose_name_plural = _("Business Units")

    class Record:
        """Declaration of the table."""

        label = _("Business Unit")
        plural = _("Business Units")
        natural_key = None
        title = ("name",)
        search = ("name",)
        sort = ("name",)
        path = "businessunits"
        rule_fields = frozenset({"parentbusinessunitid"})

    @classmethod
    def before_write(cls, batch: Batch) -> None:
        """Everything hangs below the root, and nothing below itself."""
        organization.check_units(batch)


class Team(CrmTable):
    """A group of users; an owner team may own rows."""

    teamid = key(_("Team"))
    name = NullText(160, caption=_("Team Name"), required=True)
    businessunitid = Ref("crm.BusinessUnit", models.RESTRICT, required=True, caption=_("Business Unit"))
    administratorid = Ref("crm.SystemUser", models.SET_NULL, caption=_("Administrator"))
    teamtype = Option(choices.TEAM_TYPE, null=True, default=0, insert_only=True, caption=_("Team Type"))
    isdefault = Bool(readonly=True, caption=_("Is Default"))
    emailaddress = NullText(100, caption=_("Email"))
    members = models.ManyToManyField("crm.SystemUser", db_table="crm_teammembership", related_name="teams", blank=True)

    class Meta:
        """Plain."""

        verbose_name = _("Team")
        verbose_name_plural = _("Teams")

    class Record:
        """Declaration of the table."""

        label = _("Team")
        plural = _("Teams")
        natural_key = None
        title = ("name",)
        search = ("name",)
        sort = ("name",)
        path = "teams"
        rule_fields = frozenset({"businessunitid"})
        calculated: ClassVar[dict[str, Calculated]] = {
            "members": Calculated(NullMemo(), _("Members"), compute=team.members, default=())
        }

    @classmethod
    def before_write(cls, batch: Batch) -> None:
        """The root unit is the default; memberships end with the team."""
        organization.default_unit(batch)
        deletion.leave_teams(batch, "team_id")

    @classmethod
    def after_write(cls, batch: Batch) -> None:
        """The team's rows follow it to another unit."""
        organization.take_rows_along(batch, "owningteam_id")


class Company(Owned):
    """An ERP company; the rows that belong to it carry its id."""

    bcbi_companyid = key(_("Company"))
    bcbi_name = NullText(30, caption=_("Name"), required=True)
    bcbi_externalid = NullText(36, caption=_("External ID"), unique=True)
    bcbi_defaultowningteam = Ref("crm.Team", models.RESTRICT, caption=_("Default Owning Team"))

    class Meta(Owned.Meta):
        """Plain."""

        abstract = False
        verbose_name = _("Company")
        verbose_name_plural = _("Companies")

    class Record:
        """Declaration of the table."""

        label = _("Company")
        plural = _("Companies")
        natural_key = None
        title = ("bcbi_name",)
        search = ("bcbi_name",)
        sort = ("bcbi_name",)
        path = "bcbi_companies"
        rule_fields = frozenset({"statecode", "statuscode", "ownerid", "owneridtype"})
