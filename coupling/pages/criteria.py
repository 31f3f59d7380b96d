"""Select Coupling Criteria: the field lines of a mapping that decide in match-based coupling."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from coupling.models import IntegrationTableMapping
from coupling.models.mapping import UPDATE_CONFLICTS
from coupling.pages.words import KEYWORDS
from coupling.services.criteria import comparable, criteria_reset, criteria_save
from pages import Action, DialogPage, Done, Help, Selection, register
from records.errors import FieldError, Rejected
from records.schema import schema

NONE_AT_ALL = _("Codes of this mapping are always matched with the labels of the options.")


class CriteriaForm(forms.Form):
    """What follows; the lines are read from what was sent, because their number is the mapping's."""

    create_new_in_case_of_no_match = forms.BooleanField(label=_("Create New in Case of No Match"), required=False)
    synch_after_bulk_coupling = forms.BooleanField(label=_("Synch. After Match-Based Coupling"), required=False)
    update_conflict = forms.ChoiceField(
        label=_("Resolve Update Conflicts"), choices=list(UPDATE_CONFLICTS.items()), required=False
    )

    def __init__(self, *args: Any, mapping: IntegrationTableMapping, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not mapping.allows("to_crm"):
            del self.fields["create_new_in_case_of_no_match"]
        if mapping.direction != "bidirectional":
            del self.fields["update_conflict"]

    def lines(self, mapping: IntegrationTableMapping) -> list[dict[str, Any]]:
        """The criteria as they were ticked. Raises Rejected for a priority that is no number."""
        return [self._line(str(line.pk)) for line in comparable(mapping)]

    def _line(self, key: str) -> dict[str, Any]:
        typed = str(self.data.get(f"priority.{key}", "")).strip()
        if typed and not (typed.isascii() and typed.isdigit() and len(typed) < 10):
            raise Rejected([FieldError("", "invalid_value", {"value": typed[:50]})])
        return {
            "id": key,
            "match": f"match.{key}" in self.data,
            "match_case_sensitive": f"case.{key}" in self.data,
            "match_priority": int(typed or 0),
        }


def mapping_of(selection: Selection | None) -> IntegrationTableMapping | None:
    """The mapping that the dialog is about."""
    return IntegrationTableMapping.objects.filter(pk__in=selection.pks[:1]).first() if selection else None


@register
class CriteriaDialog(DialogPage):
    """The criteria of one mapping."""

    name = "coupling.mapping.criteria"
    path = "coupling/mappings/criteria/"
    title = _("Select Coupling Criteria")
    template = "coupling/criteria.html"
    right = "setup"
    icon = "link"
    wide = True
    keywords = KEYWORDS
    help = Help(_("Records of both sides belong together when the values of all fields of one priority are equal."))

    def form(self, request: HttpRequest, selection: Selection | None, data: Any = None) -> forms.Form | None:
        """The options of the mapping."""
        mapping = mapping_of(selection)
        if mapping is None or mapping.is_option:
            return None
        initial = {name: getattr(mapping, name) for name in CriteriaForm.base_fields}
        return CriteriaForm(data, mapping=mapping, initial=initial)

    def context(self, request: HttpRequest, selection: Selection | None, form: forms.Form | None) -> dict[str, Any]:
        """The lines that can decide, with what was sent or is stored."""
        mapping = mapping_of(selection)
        if mapping is None or form is None:
            return {"message": NONE_AT_ALL}
        return {"mapping": mapping, "lines": [_drawn(mapping, line, form) for line in comparable(mapping)]}

    def submit(self, request: HttpRequest, selection: Selection | None, form: forms.Form | None) -> Done:
        """Store the criteria, or take all of them away."""
        mapping = mapping_of(selection)
        if mapping is None or not isinstance(form, CriteriaForm):
            raise Rejected([FieldError("", "record_missing")])
        if "reset" in request.POST:
            criteria_reset(mapping=mapping)
            return Done(_now("Match-based coupling no longer uses any field."))
        lines = form.lines(mapping)
        options = {name: form.cleaned_data[name] for name in form.fields}
        criteria_save(mapping=mapping, lines=lines, options=options)
        count = sum(line["match"] for line in lines)
        return Done(_now("%(count)s fields are used for match-based coupling.") % {"count": count})


def _drawn(mapping: IntegrationTableMapping, line: Any, form: forms.Form) -> dict[str, Any]:
    key, sent = str(line.pk), form.data if form.is_bound else None
    return {
        "id": key,
        "erp": schema(mapping.erp_table)[line.erp_field].caption,
        "crm": schema(mapping.crm_table)[line.crm_field].caption,
        "match": line.match if sent is None else f"match.{key}" in sent,
        "case": line.match_case_sensitive if sent is None else f"case.{key}" in sent,
        "priority": line.match_priority if sent is None else sent.get(f"priority.{key}", ""),
    }


CRITERIA = Action(
    "coupling_criteria",
    _("Select Coupling Criteria"),
    dialog=CriteriaDialog.name,
    scope="one",
    right="setup",
    icon="link",
    order=22,
    keywords=KEYWORDS,
)
