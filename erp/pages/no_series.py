"""Number series and their lines."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from erp.pages import chips
from pages import CardPage, FastTab, Help, Lines, ListPage, More, register


@register
class NoSeriesList(ListPage):
    """All number series."""

    name = "erp.no_series.list"
    model = "erp.NoSeries"
    path = "erp/no-series/"
    title = _("No. Series")
    card = "erp.no_series.card"
    menu = ("setup", 50)
    icon = "number_symbol"
    keywords = _("number series, numbering")
    help = Help(
        _("Where the numbers of new records come from. The last run of digits is counted up and keeps its width.")
    )
    columns = ("code", "description", "starting_no", "ending_no", "last_no_used", "default_nos", "manual_nos")


@register
class NoSeriesCard(CardPage):
    """One number series with its lines."""

    name = "erp.no_series.card"
    model = "erp.NoSeries"
    path = "erp/no-series/<uuid:pk>/"
    title = _("No. Series Card")
    list = "erp.no_series.list"
    # fmt: off
    fasttabs = (
        FastTab(
            "general",
            _("General"),
            (
                "code", "description", "default_nos", "manual_nos", More("date_order"),
            ),
            summary=("code", "description"),
        ),
        Lines(
            "lines",
            _("Lines"),
            "erp.NoSeriesLine",
            "series_code",
            (
                "starting_date", "starting_no", "ending_no", "warning_no", "increment_by_no", "last_no_used",
                "last_date_used", "open",
            ),
            sort=("line_no",),
        ),
    )
    # fmt: on
    chips = (chips.nearly_used_up,)


@register
class NoSeriesLineList(ListPage):
    """The lines of all number series."""

    name = "erp.no_series_line.list"
    model = "erp.NoSeriesLine"
    path = "erp/no-series-lines/"
    title = _("No. Series Lines")
    card = "erp.no_series_line.card"
    icon = "number_symbol"
    keywords = _("number series, numbering")
    help = Help(_("The ranges of numbers of all number series."))
    columns = (
        "series_code", "line_no", "starting_date", "starting_no", "ending_no", "warning_no",
        "increment_by_no", "last_no_used", "last_date_used", "open",
    )  # fmt: skip


@register
class NoSeriesLineCard(CardPage):
    """One line of a number series."""

    name = "erp.no_series_line.card"
    model = "erp.NoSeriesLine"
    path = "erp/no-series-lines/<uuid:pk>/"
    title = _("No. Series Line Card")
    list = "erp.no_series_line.list"
    # fmt: off
    fasttabs = (
        FastTab(
            "general",
            _("General"),
            (
                "series_code", "line_no", "starting_date", "starting_no", "ending_no", "warning_no",
                "increment_by_no", "last_no_used", "last_date_used", "open",
            ),
            summary=("series_code", "line_no"),
        ),
    )
    # fmt: on
