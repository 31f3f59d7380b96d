"""Kinds of columns: each turns the value of a row into a cell. A new kind of cell is one class here or elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString

from pages.display import shown
from pages.icons import icon
from pages.parts import Chip
from records.schema import FieldInfo, Schema

if TYPE_CHECKING:
    from pages.rows import Row

#: pks -> {pk: value} for one page of rows
Compute = Callable[[Sequence[str]], Mapping[str, Any]]


class Column:
    """A column of a list: a field of the table, or `compute`d for the rows on the screen.

    `caption`: other than the field's. `url(row)`: where the cell leads. `visible(request)`. `width`: narrow, wide.
    `note`: a `Compute` beside the field's own value, for how it is drawn; found in `row.values` as `<name>.note`.
    """

    align: ClassVar[str] = ""
    note: Compute | None = None

    def __init__(
        self,
        name: str,
        caption: Any = None,
        *,
        compute: Compute | None = None,
        url: Callable[[Row], str] | None = None,
        visible: Callable[[HttpRequest], bool] | None = None,
    ) -> None:
        self.name, self.caption, self.compute, self.url, self.visible = name, caption, compute, url, visible
        self.info: FieldInfo | None = None
        if compute is not None and caption is None:
            raise TypeError(f"column {name}: a computed column needs a caption")

    def bind(self, table: Schema) -> Column:
        """Connect with the field of the table; LookupError when there is none."""
        if self.compute is None:
            if self.name not in table or table[self.name].internal:
                raise LookupError(f"{table.label} has no field {self.name!r}")
            self.info = table[self.name]
        return self

    @property
    def title(self) -> Any:
        """The caption in the header."""
        return self.caption if self.caption is not None else getattr(self.info, "caption", self.name)

    def cell(self, row: Row) -> str | SafeString:
        """What stands in the cell of this row."""
        text = self.text(row)
        if self.url is None or not text:
            return text
        address = self.url(row)
        return format_html('<a href="{}">{}</a>', address, text) if address else text

    def text(self, row: Row) -> str | SafeString:
        """The value for people."""
        if self.info is None:
            value = row.values.get(self.name)
            return "" if value is None else str(value)
        return shown(self.info, row)


class Number(Column):
    """Numbers stand right, with tabular digits."""

    align = "number"

    def text(self, row: Row) -> str | SafeString:
        """The number in the user's language."""
        from pages.display import number

        if self.info is None:
            value = row.values.get(self.name)
            return "" if value is None else number(value)
        return shown(self.info, row)


class Sentence(Column):
    """A text that has to be read to its end: it takes several lines instead of being cut."""

    align = "sentence"


class Flag(Column):
    """A check mark for yes, nothing for no."""

    def text(self, row: Row) -> str | SafeString:
        """Icon and word for screen readers."""
        if not row.values.get(self.name):
            return ""
        return format_html('{}<span class="visually-hidden">{}</span>', icon("checkmark"), shown_bool())


def shown_bool() -> str:
    """The word for yes."""
    from django.utils.translation import gettext

    return gettext("Yes")


class Status(Column):
    """A chip by value: `chips` maps values to `Chip`; values without one show as text, None shows nothing."""

    def __init__(self, name: str, caption: Any = None, *, chips: Mapping[Any, Chip], **options: Any) -> None:
        super().__init__(name, caption, **options)
        self.chips = chips

    def text(self, row: Row) -> str | SafeString:
        """The chip."""
        chip = self.chips.get(row.values.get(self.name))
        return super().text(row) if chip is None else chip_html(chip)


class Progress(Column):
    """A bar: how much of `total` (another field or computed value) is done."""

    def __init__(self, name: str, caption: Any = None, *, total: str, **options: Any) -> None:
        super().__init__(name, caption, **options)
        self.total = total

    def text(self, row: Row) -> str | SafeString:
        """A native progress bar; without a known total it only moves."""
        total, done = row.values.get(self.total), row.values.get(self.name) or 0
        if not total:
            return ""
        return format_html(
            '<progress max="{}" value="{}" aria-label="{}"></progress>', total, min(done, total), str(self.title)
        )


def chip_html(chip: Chip) -> SafeString:
    """A chip: icon and word."""
    return format_html(
        '<span class="chip {}">{}{}</span>', chip.tone, icon(chip.icon) if chip.icon else "", str(chip.caption)
    )


KINDS: dict[str, type[Column]] = {"int": Number, "decimal": Number, "bool": Flag}


def column(declared: str | Column, table: Schema) -> Column:
    """The column for a declaration: a name takes the kind of its field."""
    if isinstance(declared, Column):
        return declared.bind(table)
    kind = KINDS.get(table[declared].kind, Column) if declared in table else Column
    return kind(declared).bind(table)
