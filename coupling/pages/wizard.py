"""New Mapping: two tables, what takes part, which fields belong together, and a look at all of it before it is made."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponseBase
from django.utils.translation import gettext_lazy as _

from coupling.models.mapping import DIRECTIONS
from coupling.pages.fields import type_of
from coupling.pages.filter_editor import Editor
from coupling.pages.template_values import value_inputs, value_texts
from coupling.pages.words import KEYWORDS
from coupling.selectors.filters import say
from coupling.wizard import KINDS, Draft, Pair, labels
from coupling.wizard_options import WAYS
from pages import Action, DialogPage, Done, Selection, register, registry
from records.errors import FieldError, Rejected, Stale
from records.messages import text
from records.schema import Schema, schema

CAPTIONS = {"tables": _("Tables"), "filters": _("Filters"), "fields": _("Fields"), "values": _("New Records"),
            "review": _("Review")}  # fmt: skip
KIND_CAPTIONS = {"records": _("Records of two tables"), "options": _("Codes and the values of an option set")}
EDITORS = {"table_filter": "erp_table", "integration_table_filter": "crm_table"}


@register
class NewMapping(DialogPage):
    """The wizard."""

    name = "coupling.mapping.wizard"
    path = "coupling/mappings/new-mapping/"
    title = _("New Mapping")
    template = "coupling/wizard.html"
    right = "setup"
    needs_selection = False
    wide = True

    def context(self, request: HttpRequest, _selection: Selection | None, _form: forms.Form | None) -> dict[str, Any]:
        """The step that is shown."""
        draft: Draft = getattr(request, "_draft", None) or Draft.of_data(request.POST)
        found: dict[str, Any] = {
            "draft": draft,
            "steps": [(name, CAPTIONS[name], name == draft.step) for name in draft.steps],
            "errors": {name: text(error.code, error.params) for name, error in draft.errors.items()},
            "directions": [(way, DIRECTIONS[way]) for way in (WAYS if draft.is_option else DIRECTIONS)],
        }
        return found | getattr(self, f"_{draft.step}")(draft)

    def submit(
        self, request: HttpRequest, _selection: Selection | None, _form: forms.Form | None
    ) -> Done | HttpResponseBase:
        """One step on or back, another pair, other tables; at the end the mapping."""
        draft = Draft.of_data(request.POST)
        for name, table in _editors(draft) if draft.step == "filters" else ():
            editor = Editor.of_data(name, getattr(draft, table), request.POST)
            setattr(draft, name, editor.text)
            if editor.error:
                draft.errors[name] = FieldError(name, "filter_row", {"error": editor.error})
        go = request.POST.get("go", "next")
        if go == "next" and draft.step == "review":
            return self._finish(request, draft)
        self._go(draft, go, request)
        return self._again(request, draft)

    def _go(self, draft: Draft, go: str, request: HttpRequest) -> None:
        at = draft.steps.index(draft.step)
        word, _dash, name = go.partition("-")
        side = draft.side(name)
        if go == "back":
            draft.step, draft.errors = draft.steps[max(0, at - 1)], {}
        elif go == "add":
            draft.add(request.POST.get("add_erp", ""), request.POST.get("add_crm", ""))
        elif word == "copy" and side is not None:
            side.copy(request.POST.get(f"copy-{name}", ""))
        elif word == "add" and side is not None:
            wrong = side.add(request.POST.get(f"add-{name}", ""))
            draft.errors = {wrong.field: wrong} if wrong else {}
        elif go == "next" and not draft.errors and draft.check():
            draft.step = draft.steps[at + 1]
            _enter(draft)

    def _finish(self, request: HttpRequest, draft: Draft) -> Done | HttpResponseBase:
        if not draft.check():
            return self._again(request, draft)
        try:
            made = draft.finish()
        except (Rejected, Stale):  # somebody made one meanwhile
            draft.step = "tables"
            draft.check()
            return self._again(request, draft)
        from coupling.models import IntegrationTableMapping

        pk = IntegrationTableMapping.objects.values_list("pk", flat=True).get(name=made.name)
        return Done(url=registry.reverse("coupling.mapping.card", pk=str(pk)))

    def _again(self, request: HttpRequest, draft: Draft) -> HttpResponseBase:
        from pages.views.dialogs import DialogView

        request._draft = draft  # type: ignore[attr-defined]
        view = DialogView(page=self)
        view.setup(request)
        return view.show(request, None)

    def _tables(self, draft: Draft) -> dict[str, Any]:
        crm = draft.free if draft.erp_table else labels("crm")
        return {
            "kinds": [(kind, KIND_CAPTIONS[kind]) for kind in KINDS],
            "erp_tables": [
                (label, schema(label).model.Record.plural)
                for label in (draft.code_tables if draft.is_option else labels("erp"))
            ],
            "crm_tables": [(label, schema(label).model.Record.plural) for label in crm],
            "option_sets": [(f"{label}.{name}", caption) for label, name, caption in draft.option_sets],
        }

    def _filters(self, draft: Draft) -> dict[str, Any]:
        return {
            "editors": [
                Editor.of_text(name, getattr(draft, table), getattr(draft, name)) for name, table in _editors(draft)
            ]
        }

    def _values(self, draft: Draft) -> dict[str, Any]:
        said = {name: text(error.code, error.params) for name, error in draft.errors.items()}
        return {
            "sides": [
                {
                    "draft": one,
                    "caption": schema(one.table).model.Record.plural,
                    "inputs": value_inputs(one, said),
                    "templates": one.templates(),
                    "fields": [(f.name, f"{f.caption} ({f.name})") for f in one.candidates],
                    "error": said.get(f"add-{one.side}", ""),
                }
                for one in draft.new_records
            ],
            "general": [told for name, told in said.items() if not name.startswith(("value-", "add-"))],
        }

    def _fields(self, draft: Draft) -> dict[str, Any]:
        assert draft.tables is not None
        wanted = [at for at, pair in enumerate(draft.pairs) if pair.on]
        said = {
            wanted[int(name.removeprefix("line-"))]: text(error.code, error.params)
            for name, error in draft.errors.items()
            if name.startswith("line-") and int(name.removeprefix("line-")) < len(wanted)
        }
        return {
            "rows": [_row(at, pair, draft.tables, said.get(at, "")) for at, pair in enumerate(draft.pairs)],
            "erp_fields": [(f.name, f"{f.caption} ({f.name})") for f in draft.candidates(0)],
            "crm_fields": [(f.name, f"{f.caption} ({f.name})") for f in draft.candidates(1)],
            "ways": [(way, DIRECTIONS[way]) for way in draft.ways],
            "tables": [table.model.Record.label for table in draft.tables],
            "general": [text(e.code, e.params) for n, e in draft.errors.items() if not n.startswith("line-")],
        }

    def _review(self, draft: Draft) -> dict[str, Any]:
        assert draft.tables is not None
        _set, _dot, option = draft.option_set.rpartition(".")
        return {
            "option_set": draft.tables[1][option].caption if draft.is_option else "",
            "templates": [
                (schema(one.table).model.Record.plural, caption, value)
                for one in draft.new_records
                for caption, value in value_texts(one)
            ],
            "sides": [
                (table.model.Record.plural, say(table.label, filter_text))
                for table, filter_text in zip(
                    draft.tables, (draft.table_filter, draft.integration_table_filter), strict=True
                )
            ],
            "direction": DIRECTIONS[draft.direction],
            "rows": [_row(at, pair, draft.tables, "") for at, pair in enumerate(draft.pairs) if pair.on],
            "missing": [f"{info.caption}" for info in draft.missing],
        }


def _editors(draft: Draft) -> list[tuple[str, str]]:
    """The filters that this mapping may have: an option set has none."""
    return [(name, table) for name, table in EDITORS.items() if not draft.is_option or table == "erp_table"]


def _enter(draft: Draft) -> None:
    """What a step offers when it is reached."""
    if draft.step == "fields":
        draft.suggest()
    elif draft.step == "values":
        draft.ask()


def _row(at: int, pair: Pair, tables: tuple[Schema, Schema], error: str) -> dict[str, Any]:
    erp, crm = tables[0].fields.get(pair.erp), tables[1].fields.get(pair.crm)
    return {
        "at": at,
        "pair": pair,
        "erp": erp.caption if erp else pair.erp,
        "crm": crm.caption if crm else pair.crm,
        "erp_type": type_of(erp) if erp else "",
        "crm_type": type_of(crm) if crm else "",
        "direction": DIRECTIONS[pair.direction],
        "error": error,
    }


NEW = Action(
    "new_mapping",
    _("New Mapping"),
    dialog=NewMapping.name,
    right="setup",
    icon="add",
    order=5,
    keywords=KEYWORDS,
)
