"""Post Code: which city a post code belongs to."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from erp.models.base import ErpTable
from erp.rules import address
from erp.selectors.country import resolve_countries
from records.batch import Batch
from records.fields import Code, Ref, Text


class PostCode(ErpTable):
    """A post code of one city; one code may name several cities."""

    code = Code(20, caption=_("Code"), required=True)
    city = Text(30, caption=_("City"), required=True)
    search_city = Code(30, caption=_("Search City"), readonly=True)
    country_region_code = Ref(
        "erp.CountryRegion",
        models.RESTRICT,
        code="code",
        lookup=resolve_countries,
        caption=_("Country/Region Code"),
        db_index=False,
    )
    county = Text(30, caption=_("County"))
    time_zone = Text(180, caption=_("Time Zone"))

    class Meta:
        """Keys and constraints."""

        constraints = [models.UniqueConstraint(fields=["code", "search_city"], name="erp_postcode_key")]
        indexes = [models.Index(fields=["search_city"], name="erp_postcode_city")]

    class Record:
        """Declaration of the table."""

        label = _("Post Code")
        plural = _("Post Codes")
        natural_key = None
        title = ("code", "city")
        search = ("code", "city", "county")
        sort = ("code", "city")
        path = "post-codes"
        rule_fields = frozenset({"city", "search_city"})

    @classmethod
    def before_write(cls, batch: Batch) -> None:
        """The search city follows the city."""
        for row in batch.live:
            if batch.kind != "delete":
                row.force("search_city", address.search_city(row.get("city")))
