"""No. Series and their lines: where the numbers of new records come from."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from erp.models.base import ErpTable
from erp.rules import no_series as rules
from records.batch import Batch
from records.fields import Bool, Calculated, Code, Date, Int, Ref, Text

_LINE = (
    "(SELECT l.{column} FROM erp_noseriesline l WHERE l.series_code_id = {{t}}.system_id"
    " ORDER BY NOT l.open, l.line_no LIMIT 1)"
)


def _of_line(column: str, caption: object) -> Calculated:
    """A column of the line that is in use."""
    return Calculated(Code(20), caption, default="", sql=f"coalesce({_LINE.format(column=column)}, '')")


class NoSeries(ErpTable):
    """A series of numbers."""

    code = Code(20, caption=_("Code"), required=True, unique=True)
    description = Text(100, caption=_("Description"))
    default_nos = Bool(default=True, caption=_("Default Nos."))
    manual_nos = Bool(default=True, caption=_("Manual Nos."))
    date_order = Bool(caption=_("Date Order"))

    class Record:
        """Declaration of the table."""

        label = _("No. Series")
        plural = _("No. Series")
        natural_key = "code"
        title = ("code", "description")
        search = ("code", "description")
        sort = ("code",)
        path = "no-series"
        calculated = {
            "starting_no": _of_line("starting_no", _("Starting No.")),
            "ending_no": _of_line("ending_no", _("Ending No.")),
            "last_no_used": _of_line("last_no_used", _("Last No. Used")),
        }

    @classmethod
    def before_write(cls, batch: Batch) -> None:
        """The lines of a deleted series go with it."""
        if batch.kind == "delete":
            rules.delete_lines(batch)


class NoSeriesLine(ErpTable):
    """A range of numbers of one series, from a starting date on."""

    series_code = Ref("erp.NoSeries", models.RESTRICT, code="code", caption=_("Series Code"), required=True, null=False)
    line_no = Int(caption=_("Line No."))
    starting_date = Date(caption=_("Starting Date"))
    starting_no = Code(20, caption=_("Starting No."))
    ending_no = Code(20, caption=_("Ending No."))
    warning_no = Code(20, caption=_("Warning No."))
    increment_by_no = Int(default=1, minimum=1, caption=_("Increment-by No."))
    last_no_used = Code(20, caption=_("Last No. Used"))
    last_date_used = Date(caption=_("Last Date Used"), readonly=True)
    open = Bool(default=True, caption=_("Open"), readonly=True)

    class Meta:
        """Keys and constraints."""

        constraints = [models.UniqueConstraint(fields=["series_code", "line_no"], name="erp_noseriesline_key")]

    class Record:
        """Declaration of the table."""

        label = _("No. Series Line")
        plural = _("No. Series Lines")
        natural_key = None
        title = ("series_code", "line_no")
        search = ("starting_no", "last_no_used")
        search_related = ("series_code__code",)
        sort = ("series_code", "line_no")
        path = "no-series-lines"
        rule_fields = frozenset({"series_code", "line_no", "starting_no", "ending_no", "warning_no", "last_no_used"})

    @classmethod
    def before_write(cls, batch: Batch) -> None:
        """Number the lines; numbers of a line must be countable and in order."""
        if batch.kind == "insert":
            rules.number_lines(batch)
        if batch.kind != "delete":
            rules.check_lines(batch)
