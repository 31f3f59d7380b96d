"""Synchronize of the work-list: which side wins, for several rows one side, for one row field by field."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponseBase
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from coupling.models import IntegrationTableMapping
from coupling.plan import Problem
from coupling.products import products
from pages import DialogPage, Done, Selection, register
from records.errors import FieldError, Rejected
from records.messages import text
from sync.examine import FieldState
from sync.models import WorkItem
from sync.pages.worklist import ids_of, name_of, told
from sync.readable import Readable, captions
from sync.worklist import actions
from sync.worklist.entries import Entry, tell


class ChoiceForm(forms.Form):
    """One side for everything, or one for each field."""

    direction = forms.CharField(required=False)

    def fields_chosen(self) -> dict[str, str]:
        """The sides that were chosen field by field."""
        return {key[6:]: value for key, value in self.data.items() if key.startswith("field.")}


@register
class SynchronizeDialog(DialogPage):
    """Choose which side wins: for one row field by field with the three values side by side, for several one side."""

    name = "sync.work_list.synchronize"
    path = "sync/errors/synchronize/"
    title = _("Synchronize")
    template = "sync/compare.html"
    form_class = ChoiceForm
    wide = True

    def context(self, request: HttpRequest, selection: Selection | None, form: forms.Form | None) -> dict[str, Any]:
        """For one row the values; for several what each side's choice means."""
        assert selection is not None
        rows = list(WorkItem.objects.filter(pk__in=selection.pks))
        context: dict[str, Any] = {"products": products(), "count": len(rows)}
        if len(rows) == 1:
            (entry,) = tell(rows)
            mapping = _mapping(entry) if entry.examined is not None else None
            context |= {"entry": entry, "lines": compare_lines(entry), "mapping": mapping}
            if mapping is not None and mapping.direction != "bidirectional":
                context["fixed"] = mapping.direction
        return context

    def submit(
        self, request: HttpRequest, selection: Selection | None, form: forms.Form | None
    ) -> Done | HttpResponseBase:
        """Start the run."""
        assert selection is not None
        assert isinstance(form, ChoiceForm)
        direction, chosen = form.cleaned_data["direction"], form.fields_chosen()
        if direction == "fields":
            if not chosen:
                raise Rejected([FieldError("direction", "choose_each_field")])
            answer = actions.synchronize(ids=ids_of(selection), user_name=name_of(request), fields=chosen)
        else:
            answer = actions.synchronize(ids=ids_of(selection), user_name=name_of(request), direction=direction)
        return told(
            request, answer,
            lambda n: (
                ngettext("%(n)s record is being synchronized.", "%(n)s records are being synchronized.", n) % {"n": n}
            ),
        )  # fmt: skip


def _mapping(entry: Entry) -> IntegrationTableMapping | None:
    return IntegrationTableMapping.objects.filter(name=entry.item.mapping).first()


def compare_lines(entry: Entry) -> list[dict[str, Any]]:
    """The three values of each field that differs, as people read them, and the side that is proposed."""
    texts = Readable()
    for state in entry.fields:
        for value in (state.base_erp, state.erp):
            texts.want(entry.erp_table, state.line.erp or "", value)
        for value in (state.base_crm, state.crm):
            texts.want(entry.crm_table, state.line.crm or "", value)
    found = []
    clashing = {s.key for s in entry.examined.clashes} if entry.examined else set()
    for state in entry.fields:
        erp_field, crm_field = state.line.erp or "", state.line.crm or ""
        table, name = (entry.erp_table, erp_field) if erp_field else (entry.crm_table, crm_field)
        problems = {"erp": state.to_crm, "crm": state.from_crm}
        found.append(
            {
                "key": state.key,
                "caption": captions(table, [name])[name],
                "base": texts.text(entry.erp_table, erp_field, state.base_erp)
                if erp_field
                else texts.text(entry.crm_table, crm_field, state.base_crm),
                "has_base": state.has_base,
                "erp": texts.text(entry.erp_table, erp_field, state.erp),
                "crm": texts.text(entry.crm_table, crm_field, state.crm),
                "erp_changed": state.erp_changed,
                "crm_changed": state.crm_changed,
                "is_clash": state.key in clashing,
                "proposed": "" if state.key in clashing else proposed_side(state),
                **{f"{side}_problem": text(p.code, p.params) for side, p in problems.items() if isinstance(p, Problem)},
                "may_send": state.direction in ("bidirectional", "to_crm"),
                "may_get": state.direction in ("bidirectional", "from_crm"),
            }
        )
    return found


def proposed_side(state: FieldState) -> str:
    """The side that changed, unless its value would not pass."""
    if isinstance(state.from_crm, Problem):
        return "erp"
    if isinstance(state.to_crm, Problem):
        return "crm"
    return "crm" if state.crm_changed and not state.erp_changed else "erp"
