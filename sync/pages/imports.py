"""Import: the dialog of a list. First the file (CSV or workbook), then which column goes into which field."""

from __future__ import annotations

import re
from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponseBase
from django.utils.translation import gettext_lazy as _

from pages import DialogPage, Done, Selection, register
from records.schema import Schema, schema
from records.values.parse import unknown_fields
from sync import conf, services
from sync.imports import store
from sync.services.imports import Preview
from sync.shown import watch

PREFIX = "column_"
#: Letters that a column must have to be taken for a field that begins with it (`phone` for `phone_no`).
SIMILAR = 3


class FileForm(forms.Form):
    """The file."""

    file = forms.FileField(
        label=_("File"),
        help_text=_("A CSV file in UTF-8 or an Excel workbook (.xlsx) whose first line names the columns."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["file"].widget.attrs |= {
            "accept": ".csv,text/csv,.txt,.xlsx,application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            "data-max-bytes": str(conf.value("IMPORT_MAX_BYTES")),
            "data-too-large": store.said_of_large(),
        }


class ColumnsForm(forms.Form):
    """A stored file, the field of each of its columns, and what is to be done with bad rows."""

    stored = forms.CharField(widget=forms.HiddenInput)
    read_sheet = forms.CharField(widget=forms.HiddenInput, required=False)
    null = forms.CharField(label=_("Word for a missing value"), required=False, initial="NULL")
    skip_bad_rows = forms.BooleanField(label=_("Import the good rows even if others are bad"), required=False)
    dry_run = forms.BooleanField(label=_("Only check, import nothing"), required=False)

    def __init__(self, described: Schema, preview: Preview, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.preview = preview
        choices = [("", _("Do not import")), *((name, caption) for name, caption in importable_fields(described))]
        guessed = guess(described, preview.columns)
        if len(preview.sheets) > 1:
            sheets = [(name, name) for name in preview.sheets]
            self.fields["sheet"] = forms.ChoiceField(label=_("Sheet"), choices=sheets, initial=preview.sheet)
            self.fields["sheet"].widget.attrs["data-resubmit"] = ""
        self.order_fields([f"{PREFIX}{i}" for i in range(len(preview.columns))])
        for i, column in enumerate(preview.columns):
            self.fields[f"{PREFIX}{i}"] = forms.ChoiceField(
                label=column, choices=choices, required=False, initial=guessed.get(column, "")
            )

    @property
    def other_sheet(self) -> str:
        """A sheet that was chosen after the columns of another one had been read."""
        chosen = str(self.cleaned_data.get("sheet", ""))
        return chosen if chosen != self.preview.sheet else ""

    def columns(self) -> dict[str, str]:
        """{column: field} of the columns that have one."""
        chosen = {column: self.cleaned_data[f"{PREFIX}{i}"] for i, column in enumerate(self.preview.columns)}
        return {column: name for column, name in chosen.items() if name}

    @property
    def lines(self) -> list[dict[str, Any]]:
        """The columns with their control and the values of the first rows."""
        return [
            {
                "column": column,
                "control": self[f"{PREFIX}{i}"],
                "values": [row.get(column, "") for row in self.preview.rows],
            }
            for i, column in enumerate(self.preview.columns)
        ]

    @property
    def options(self) -> list[Any]:
        """The controls below the columns."""
        return [self[name] for name in ("null", "skip_bad_rows", "dry_run")]


def importable_fields(described: Schema) -> list[tuple[str, str]]:
    """(name, caption) of the fields that a caller may set, in declared order."""
    return [
        (f.name, str(f.caption))
        for f in described.writable
        if f.name != described.pk and not f.readonly and not unknown_fields(described, [f.name])
    ]


def guess(described: Schema, columns: list[str]) -> dict[str, str]:
    """Fields for columns that are called like them, then for those whose name begins like theirs; each field once."""
    known: dict[str, str] = {}
    for name, caption in importable_fields(described):
        known.setdefault(_plain(caption), name)
        known[_plain(name)] = name
    found = {column: known[_plain(column)] for column in columns if _plain(column) in known}
    found = {column: name for i, (column, name) in enumerate(found.items()) if name not in list(found.values())[:i]}
    for column in columns:
        start = _plain(column)
        if column not in found and len(start) >= SIMILAR:
            longer = (name for plain, name in known.items() if plain.startswith(start) and name not in found.values())
            if name := next(longer, ""):
                found[column] = name
    return found


def _plain(text: str) -> str:
    return re.sub(r"[\W_]+", "", text).casefold()


@register
class Import(DialogPage):
    """Import records of the list's table from a CSV file or an Excel workbook."""

    name = "sync.import"
    path = "sync/import/"
    title = _("Import")
    template = "sync/import.html"
    submit_caption = _("Import")
    needs_selection = False

    def form(self, request: HttpRequest, selection: Selection | None, data: Any = None) -> forms.Form | None:
        """The file first; once one is stored, its columns."""
        key = _key(data.get("stored", "")) if data is not None else ""
        if selection is None or not store.has(key):
            return FileForm(data, request.FILES or None)
        preview = services.preview_of(key, sheet=str(data.get("read_sheet", "")))
        return ColumnsForm(schema(selection.label), preview, data)

    def submit(
        self, request: HttpRequest, selection: Selection | None, form: forms.Form | None
    ) -> Done | HttpResponseBase:
        """Store the file and ask for its columns, or start the job."""
        assert selection is not None
        user: Any = request.user
        if isinstance(form, ColumnsForm):
            if form.other_sheet:
                key = _key(form.cleaned_data["stored"])
                return self.ask_columns(request, selection, services.preview_of(key, sheet=form.other_sheet))
            started = services.import_start(
                user=user,
                table=selection.label,
                stored=_key(form.cleaned_data["stored"]),
                columns=form.columns() or {"": ""},
                null=form.cleaned_data["null"],
                dry_run=form.cleaned_data["dry_run"],
                skip_bad_rows=form.cleaned_data["skip_bad_rows"],
                sheet=form.preview.sheet,
            )
            return watch(request, started.jobs, str(_("The import has been scheduled.")))
        assert form is not None
        preview = services.import_preview(user=user, blocks=form.cleaned_data["file"].chunks())
        return self.ask_columns(request, selection, preview)

    def ask_columns(self, request: HttpRequest, selection: Selection, preview: Preview) -> HttpResponseBase:
        """The columns of a file, or of another sheet of it."""
        initial = {"stored": preview.stored, "read_sheet": preview.sheet, "null": "NULL"}
        return self.reopen(request, selection, ColumnsForm(schema(selection.label), preview, initial=initial))

    def reopen(self, request: HttpRequest, selection: Selection, form: forms.Form) -> HttpResponseBase:
        """The same dialog with the next question."""
        from pages.views.dialogs import DialogView

        view = DialogView(page=self)
        view.setup(request)
        return view.show(request, form)


def _key(text: str) -> str:
    """The key of a stored file; '' for what is none."""
    try:
        return str(UUID(text))
    except ValueError:
        return ""
