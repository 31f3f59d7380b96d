"""System user: a person (or integration) that works in Sales."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from crm import choices
from crm.models.base import CrmTable, key
from crm.rules import deletion, names, organization
from records.batch import Batch
from records.fields import Bool, Guid, NullText, Option, Ref

FULL_NAME = 200


class SystemUser(CrmTable):
    """A user of the organization; one per user name."""

    systemuserid = key(_("User"))
    domainname = NullText(250, caption=_("User Name"), unique=True)
    firstname = NullText(64, caption=_("First Name"))
    middlename = NullText(50, caption=_("Middle Name"))
    lastname = NullText(64, caption=_("Last Name"), required="page")
    fullname = NullText(FULL_NAME, readonly=True, caption=_("Full Name"))
    title = NullText(128, caption=_("Title"))
    jobtitle = NullText(100, caption=_("Job Title"))
    internalemailaddress = NullText(100, caption=_("Primary Email"))
    personalemailaddress = NullText(100, caption=_("Email 2"))
    mobilephone = NullText(64, caption=_("Mobile Phone"))
    homephone = NullText(50, caption=_("Home Phone"))
    address1_telephone1 = NullText(64, caption=_("Main Phone"))
    businessunitid = Ref("crm.BusinessUnit", models.RESTRICT, required=True, caption=_("Business Unit"))
    parentsystemuserid = Ref("crm.SystemUser", models.SET_NULL, caption=_("Manager"))
    transactioncurrencyid = Ref("crm.TransactionCurrency", models.RESTRICT, caption=_("Currency"))
    isdisabled = Bool(caption=_("Disabled"))
    disabledreason = NullText(250, readonly=True, caption=_("Disabled Reason"))
    islicensed = Bool(default=True, caption=_("Licensed"))
    isintegrationuser = Bool(caption=_("Integration User"))
    accessmode = Option(choices.ACCESS_MODE, null=True, default=0, caption=_("Access Mode"))
    caltype = Option(choices.CAL_TYPE, null=True, default=0, caption=_("License Type"))
    applicationid = Guid(caption=_("Application ID"))

    class Meta:
        """Plain."""

        verbose_name = _("User")
        verbose_name_plural = _("Users")

    class Record:
        """Declaration of the table."""

        label = _("User")
        plural = _("Users")
        natural_key = "domainname"
        title = ("fullname",)
        search = ("fullname", "internalemailaddress", "domainname")
        sort = ("fullname",)
        path = "systemusers"
        rule_fields = frozenset({"firstname", "lastname", "fullname", "businessunitid"})

    @classmethod
    def before_write(cls, batch: Batch) -> None:
        """C1 and C7; the root unit is the default."""
        organization.default_unit(batch)
        names.full_names(batch, FULL_NAME)
        deletion.keep_writers(batch)
        deletion.leave_teams(batch, "systemuser_id")
        deletion.release(batch, ("crm.SystemUser", "parentsystemuserid"), ("crm.Team", "administratorid"))

    @classmethod
    def after_write(cls, batch: Batch) -> None:
        """The user's rows follow to another unit."""
        organization.take_rows_along(batch, "owninguser_id")
