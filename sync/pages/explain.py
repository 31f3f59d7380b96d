"""Why does this record not synchronize? The nine gates on a panel over any card."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from coupling.outside import outside_of
from coupling.pages.assign import assign_address
from pages import DialogPage, Done, Selection, register, registry
from records.messages import text
from sync.advice import mapping_for
from sync.catalogue import next_step, record_named
from sync.explain import Gate, blocking, explain
from sync.pages.catalogue import help_address
from sync.pages.partners import section
from sync.shown import side_of

CAPTIONS = {
    "connection": _("The connection is enabled"),
    "filter": _("Both records are inside the filters"),
    "direction": _("The mapping carries changes of this side"),
    "only_coupled": _("Records without a coupling are not left out"),
    "coupling": _("The record has a partner"),
    "dependency": _("What it refers to is coupled"),
    "skipped": _("The coupling is not skipped"),
    "job": _("A job will run"),
    "last_result": _("The last result was a success"),
}


@register
class ExplainDialog(DialogPage):
    """The gates of one record."""

    name = "sync.explain"
    path = "sync/explain/"
    title = _("Why does this record not synchronize?")
    template = "sync/explain.html"
    right = "view"

    def context(self, request: HttpRequest, selection: Selection | None, form: forms.Form | None) -> dict[str, Any]:
        """The gates, and the first that blocks."""
        assert selection is not None
        row = selection.one
        mapping = mapping_for(selection.label, selection.pks[:1]) if row is not None else None
        if row is None or mapping is None or mapping.is_option:
            return {"gates": [], "mapping": mapping, "record": row}
        gates = explain(mapping, side_of(selection.label), row.pk)
        first = blocking(gates)
        outside = outside_of(request, selection.label, row.pk)
        can_set_up: Any = request.user
        return {
            "record": row,
            "mapping": mapping,
            "gates": [
                drawn(gate, is_first=gate.gate == first, shows_setting=can_set_up.has_right("setup")) for gate in gates
            ],
            "blocking": first,
            "outside": outside,
            "assign": assign_address(request, selection.label, row.pk, outside) if outside else "",
            "partners": section(request, mapping, side_of(selection.label), [row.pk]),
        }

    def submit(self, request: HttpRequest, selection: Selection | None, form: forms.Form | None) -> Done:
        """Nothing to do: the panel only tells."""
        return Done(changed=False)


def drawn(gate: Gate, *, is_first: bool, shows_setting: bool) -> dict[str, Any]:
    """A gate as the panel shows it."""
    shows = bool(gate.setting) and (shows_setting or not gate.setting.startswith("/connection"))
    return {
        "name": gate.gate,
        "caption": CAPTIONS[gate.gate],
        "passed": gate.passed,
        "detail": text(gate.reason, gate.params) if gate.reason and not gate.passed else "",
        "next_step": next_step(gate.reason) if not gate.passed else "",
        "help": help_address(gate.reason) if not gate.passed else "",
        "record": _record_first(gate),
        "setting": gate.setting if shows and not gate.passed else "",
        "is_first": is_first,
        "missing": [text(p["code"], p["params"]) for p in gate.params.get("missing", [])],
    }


def _record_first(gate: Gate) -> tuple[str, str] | None:
    """(name, address) of the record that has to be coupled before this one."""
    named = None if gate.passed else record_named(gate.params)
    address = registry.address_of(*named) if named else ""
    return (str(gate.params.get("value", "")), address) if address else None
