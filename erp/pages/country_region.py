"""Countries and regions: list and card."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from pages import CardPage, FastTab, Help, ListPage, More, register


@register
class CountryRegionList(ListPage):
    """All countries and regions."""

    name = "erp.country_region.list"
    model = "erp.CountryRegion"
    path = "erp/countries/"
    title = _("Countries/Regions")
    card = "erp.country_region.card"
    menu = ("setup", 70)
    icon = "globe"
    keywords = _("country, region, ISO")
    help = Help(
        _(
            "Countries and regions. A text that comes from outside is found by code, ISO code, name, or one "
            "of the other names that the country goes by."
        )
    )
    columns = (
        "code", "name", "iso_code", "iso_numeric_code", "address_format", "eu_country_region_code",
        "intrastat_code",
    )  # fmt: skip


@register
class CountryRegionCard(CardPage):
    """One country or region."""

    name = "erp.country_region.card"
    model = "erp.CountryRegion"
    path = "erp/countries/<uuid:pk>/"
    title = _("Country/Region Card")
    list = "erp.country_region.list"
    # fmt: off
    fasttabs = (
        FastTab(
            "general",
            _("General"),
            (
                "code", "name", "iso_code", "iso_numeric_code", "address_format", "contact_address_format",
                "eu_country_region_code", "intrastat_code", More("vat_scheme"), More("county_name"),
                More("last_modified_date_time"),
            ),
            summary=("code", "name"),
        ),
    )
    # fmt: on
