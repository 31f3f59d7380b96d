"""Marketing Setup: how contacts are numbered, related to customers and what they inherit."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from erp.choices import CORRESPONDENCE_TYPE
from erp.models.base import Singleton
from erp.selectors.country import resolve_countries
from records.fields import Bool, Code, Option, Ref


class MarketingSetup(Singleton):
    """The one row; blank business relation codes switch the company contact rules off."""

    contact_nos = Ref("erp.NoSeries", models.RESTRICT, code="code", caption=_("Contact Nos."), db_index=False)
    opportunity_nos = Ref("erp.NoSeries", models.RESTRICT, code="code", caption=_("Opportunity Nos."), db_index=False)
    bus_rel_code_for_customers = Ref(
        "erp.BusinessRelation", models.RESTRICT, code="code", caption=_("Bus. Rel. Code for Customers"), db_index=False
    )
    bus_rel_code_for_vendors = Ref(
        "erp.BusinessRelation", models.RESTRICT, code="code", caption=_("Bus. Rel. Code for Vendors"), db_index=False
    )
    inherit_salesperson_code = Bool(default=True, caption=_("Inherit Salesperson Code"))
    inherit_territory_code = Bool(default=True, caption=_("Inherit Territory Code"))
    inherit_country_region_code = Bool(default=True, caption=_("Inherit Country/Region Code"))
    inherit_language_code = Bool(default=True, caption=_("Inherit Language Code"))
    inherit_address_details = Bool(default=True, caption=_("Inherit Address Details"))
    inherit_communication_details = Bool(default=True, caption=_("Inherit Communication Details"))
    default_salesperson_code = Ref(
        "erp.SalespersonPurchaser", models.RESTRICT, code="code", caption=_("Default Salesperson Code"), db_index=False
    )
    default_territory_code = Ref(
        "erp.Territory", models.RESTRICT, code="code", caption=_("Default Territory Code"), db_index=False
    )
    default_country_region_code = Ref(
        "erp.CountryRegion",
        models.RESTRICT,
        code="code",
        lookup=resolve_countries,
        caption=_("Default Country/Region Code"),
        db_index=False,
    )
    default_language_code = Code(10, caption=_("Default Language Code"))
    default_correspondence_type = Option(CORRESPONDENCE_TYPE, caption=_("Default Correspondence Type"))
    def_company_salutation_code = Code(10, caption=_("Def. Company Salutation Code"))
    default_person_salutation_code = Code(10, caption=_("Default Person Salutation Code"))

    class Record:
        """Declaration of the table."""

        label = _("Marketing Setup")
        plural = _("Marketing Setup")
        natural_key = None
        title = ()
        search = ()
        sort = ()
        path = "marketing-setup"
        singleton = True
