"""Country/Region."""

from __future__ import annotations

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from erp.choices import COUNTRY_ADDRESS_FORMAT
from erp.models.base import ErpTable
from erp.rules import values
from records.fields import Code, DateTime, Option, Text


class CountryRegion(ErpTable):
    """A country or region; `code` is what the Sales side sees."""

    SYSTEM = (*ErpTable.SYSTEM, "last_modified_date_time")
    MODIFIED = {"last_modified_date_time": False}

    code = Code(10, caption=_("Code"), required=True, unique=True)
    name = Text(50, caption=_("Name"))
    iso_code = Code(2, caption=_("ISO Code"), checks=(values.two_letters,))
    iso_numeric_code = Code(3, caption=_("ISO Numeric Code"), checks=(values.three_digits,))
    eu_country_region_code = Code(10, caption=_("EU Country/Region Code"))
    intrastat_code = Code(10, caption=_("Intrastat Code"))
    address_format = Option(COUNTRY_ADDRESS_FORMAT, default=1, caption=_("Address Format"))
    contact_address_format = Option(
        {
            0: ("First", _("First")),
            1: ("After Company Name", _("After Company Name")),
            2: ("Last", _("Last")),
        },
        default=1,
        caption=_("Contact Address Format"),
    )
    vat_scheme = Code(10, caption=_("VAT Scheme"))
    county_name = Text(30, caption=_("County Name"))
    last_modified_date_time = DateTime(
        null=False, default=timezone.now, readonly=True, caption=_("Last Modified Date Time")
    )

    class Record:
        """Declaration of the table."""

        label = _("Country/Region")
        plural = _("Countries/Regions")
        natural_key = "code"
        title = ("code", "name")
        search = ("code", "name", "iso_code")
        sort = ("code",)
        path = "countries"
