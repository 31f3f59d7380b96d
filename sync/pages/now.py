"""Synchronize Now: the dialog that names the direction, shows what will be overwritten, and starts the job."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.http import HttpRequest, HttpResponseBase
from django.utils.translation import gettext_lazy as _

from coupling.plan import Key
from pages import DialogPage, Done, Selection, register, registry
from records.errors import FieldError, Refused, Rejected
from sync import services
from sync.advice import Advice, advise, mapping_for
from sync.pages.partners import section
from sync.services.started import Started
from sync.shown import reasons, side_of, summary, watch

#: More records than this are scheduled by their keys without a preview of values.
SHOWN = 50


class NowForm(forms.Form):
    """The direction, and the versions of the records that the preview has shown."""

    direction = forms.CharField(required=False)
    versions = forms.CharField(required=False, widget=forms.HiddenInput)

    def seen(self) -> dict[Key, int] | None:
        """The versions that the user has seen."""
        try:
            found = json.loads(self.cleaned_data["versions"] or "null")
        except ValueError:
            return None
        return {str(k): int(v) for k, v in found.items()} if isinstance(found, dict) else None


@register
class SynchronizeNow(DialogPage):
    """Synchronize one record or a selection."""

    name = "sync.now"
    path = "sync/now/"
    title = _("Synchronize Now")
    template = "sync/now.html"
    form_class = NowForm
    wide = True

    def context(self, request: HttpRequest, selection: Selection | None, form: forms.Form | None) -> dict[str, Any]:
        """What can be done with these records."""
        assert selection is not None
        advice = advice_for(selection)
        chosen = form.data.get("direction", "") if form is not None and form.is_bound else advice.recommended
        return {
            "advice": advice,
            "record": selection.one,
            "chosen": chosen,
            "count": selection.count,
            "versions": json.dumps(advice.versions) if selection.count == 1 else "",
            "shown": SHOWN,
            "set_up_url": set_up_address(selection, advice),
            "partners": partners_of(request, advice),
        }

    def submit(
        self, request: HttpRequest, selection: Selection | None, form: forms.Form | None
    ) -> Done | HttpResponseBase:
        """Start the job; what the server leaves out is named."""
        assert selection is not None
        assert isinstance(form, NowForm)
        keys = list(selection.pks)
        mapping = mapping_for(selection.label, keys)
        if mapping is None:
            raise Refused("no_mapping", {"table": f"@{selection.label}"})
        direction = form.cleaned_data["direction"]
        if not direction and mapping.direction == "bidirectional":
            raise Rejected([FieldError("direction", "choose_direction")])
        is_erp = side_of(selection.label) == "erp"
        started = services.sync_now(
            user=request.user,  # type: ignore[arg-type]
            mapping=mapping.name,
            direction=direction,
            erp_ids=keys if is_erp else None,
            crm_ids=None if is_erp else keys,
            expected_versions=form.seen() if len(keys) == 1 else None,
        )
        return answer(request, started)


def set_up_address(selection: Selection, advice: Advice) -> str:
    """The dialog that couples an ERP record first; blank where it does not help."""
    if not advice.uncoupled or selection.count != 1 or side_of(selection.label) != "erp":
        return ""
    return f"{registry.reverse('coupling.set_up')}?{urlencode(selection.inputs)}"


def partners_of(request: HttpRequest, advice: Advice) -> list[str]:
    """What has to be coupled first, for each side whose values may go over (of the records that were looked at)."""
    if advice.obstacle or advice.mapping.is_option:
        return []
    sides = [side for side, direction in (("erp", "to_crm"), ("crm", "from_crm")) if advice.mapping.allows(direction)]
    found = [section(request, advice.mapping, side, advice.looked_at[side]) for side in sides]
    return [part for part in found if part]


def answer(request: HttpRequest, started: Started) -> HttpResponseBase:
    """Follow the job; a single record that was left out keeps the dialog open with the reason."""
    left = [*started.skipped, *started.failed]
    if not started.jobs and len(left) == 1:
        raise Refused(left[0].code, left[0].params)
    return watch(request, started.jobs, summary(started), reasons(left))


def advice_for(selection: Selection) -> Advice:
    """What the dialog tells about the chosen records. Raises Refused where their table is not mapped."""
    keys = list(selection.pks)
    mapping = mapping_for(selection.label, keys)
    if mapping is None:
        raise Refused("no_mapping", {"table": f"@{selection.label}"})
    return advise(mapping, side_of(selection.label), keys)
