"""Post codes: list and card."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from pages import CardPage, FastTab, Help, ListPage, More, register


@register
class PostCodeList(ListPage):
    """All post codes."""

    name = "erp.post_code.list"
    model = "erp.PostCode"
    path = "erp/post-codes/"
    title = _("Post Codes")
    card = "erp.post_code.card"
    menu = ("setup", 80)
    icon = "mail"
    keywords = _("post code, ZIP code, city")
    help = Help(
        _(
            "Post codes and their cities. When you enter a post code in an address, city, county and country "
            "are filled in."
        )
    )
    columns = ("code", "city", "country_region_code", "county")


@register
class PostCodeCard(CardPage):
    """One post code."""

    name = "erp.post_code.card"
    model = "erp.PostCode"
    path = "erp/post-codes/<uuid:pk>/"
    title = _("Post Code Card")
    list = "erp.post_code.list"
    # fmt: off
    fasttabs = (
        FastTab(
            "general",
            _("General"),
            (
                "code", "city", "country_region_code", "county", More("time_zone"),
            ),
            summary=("code", "city"),
        ),
    )
    # fmt: on
