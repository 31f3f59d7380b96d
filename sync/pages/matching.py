"""Match-based coupling: the question of mapping and list, and the preview of what it would couple."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django import forms
from django.http import Http404, HttpRequest, HttpResponseBase
from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy as _

from coupling.access import mapping_of_table
from coupling.models import IntegrationTableMapping
from coupling.outside import outside_reason
from coupling.plans import plan_for
from pages import Action, ActionView, DialogPage, Done, Help, Page, Selection, register, registry
from records.errors import Refused
from records.messages import text
from sync import services
from sync.matching.find import criteria_of
from sync.models import Job
from sync.pages.common import LINKS
from sync.pages.runs import followed
from sync.readable import captions
from sync.shown import connected, side_of

MAPPING = "coupling.IntegrationTableMapping"


def mapping_of(request: HttpRequest, selection: Selection | None) -> IntegrationTableMapping | None:
    """The chosen mapping, or the one that serves the table of the chosen records."""
    if selection is None:
        return None
    if selection.label == MAPPING:
        return IntegrationTableMapping.objects.filter(pk__in=selection.pks[:1]).first()
    return mapping_of_table(request, selection.label)


def is_sales(selection: Selection | None) -> bool:
    """True where records of the Sales side were chosen."""
    return selection is not None and side_of(selection.label) == "crm"


def chosen_keys(selection: Selection) -> dict[str, list[str]]:
    """The chosen records as the service takes them; nothing for a whole mapping."""
    if selection.label == MAPPING:
        return {}
    return {"crm_ids" if is_sales(selection) else "erp_ids": list(selection.pks)}


def not_matchable(request: HttpRequest, selection: Selection) -> Any:
    """Why nothing can be matched: no mapping, or no criteria."""
    mapping = mapping_of(request, selection)
    if mapping is None:
        return _("This table is not mapped.") if selection.label != MAPPING else None
    if not mapping.is_option and not criteria_of(plan_for(mapping)):
        return text("no_criteria", {"mapping": mapping.name})
    if selection.label != MAPPING and selection.count == 1:
        return outside_reason(request, selection.label, selection.pks)
    return None


def criteria_shown(mapping: IntegrationTableMapping) -> list[dict[str, Any]]:
    """The fields that are compared, with their captions, by priority."""
    if mapping.is_option:
        return []
    plan = plan_for(mapping)
    lines = {line.key: line for line in plan.fields}
    found = criteria_of(plan)
    erp = captions(mapping.erp_table, [lines[c.key].erp or "" for c in found])
    crm = captions(mapping.crm_table, [c.crm_field for c in found])
    return [
        {
            "priority": c.priority,
            "erp": erp[lines[c.key].erp or ""],
            "crm": crm[c.crm_field],
            "case_sensitive": c.case_sensitive,
        }
        for c in found
    ]


class MatchForm(forms.Form):
    """What match-based coupling does with what it finds."""

    create_new = forms.BooleanField(label=_("Create New in Case of No Match"), required=False)
    synchronize_after = forms.BooleanField(label=_("Synchronize After Coupling"), required=False)
    preview = forms.BooleanField(required=False, widget=forms.HiddenInput)


@register
class MatchDialog(DialogPage):
    """Match-Based Coupling of a mapping, or of chosen records of one side."""

    name = "sync.match"
    path = "sync/match/"
    title = _("Match-Based Coupling")
    form_class = MatchForm
    template = "sync/match.html"

    def form(self, request: HttpRequest, selection: Selection | None, data: Any = None) -> forms.Form | None:
        """What the mapping says; nothing is created where it does not go to the other side."""
        mapping = mapping_of(request, selection)
        initial = {}
        if mapping is not None:
            initial["create_new"] = mapping.create_new_in_case_of_no_match
            initial["synchronize_after"] = mapping.synch_after_bulk_coupling
        form = MatchForm(data, initial=initial)
        if mapping is not None and not mapping.allows("from_crm" if is_sales(selection) else "to_crm"):
            del form.fields["create_new"]
        return form

    def context(self, request: HttpRequest, selection: Selection | None, form: forms.Form | None) -> dict[str, Any]:
        """The fields that are compared, and how many records were chosen."""
        mapping = mapping_of(request, selection)
        if mapping is None or selection is None:
            return {"message": _("This table is not mapped.")}
        chosen = 0 if selection.label == MAPPING else selection.count
        return {"mapping": mapping, "criteria": criteria_shown(mapping), "chosen": chosen}

    def submit(
        self, request: HttpRequest, selection: Selection | None, form: forms.Form | None
    ) -> Done | HttpResponseBase:
        """Start the job; a preview is opened."""
        mapping = mapping_of(request, selection)
        assert form is not None
        if mapping is None or selection is None:
            raise Refused("not_found_record")
        given = form.cleaned_data
        started = services.mapping_match(
            user=request.user,  # type: ignore[arg-type]
            mapping=mapping,
            **chosen_keys(selection),
            create_new=given.get("create_new", False),
            synchronize_after=given["synchronize_after"],
            preview=given["preview"],
        )
        if given["preview"]:
            return Done(url=registry.reverse("sync.match_preview", pk=str(started.jobs[0].pk)))
        return followed(request, [started])


@register
class MatchPreview(Page):
    """What match-based coupling would couple, what it cannot decide, and what is left over on both sides."""

    name = "sync.match_preview"
    path = "sync/match/<uuid:pk>/"
    title = _("Match Preview")
    icon = "link"
    keywords = _("match-based coupling, preview")
    help = Help(
        _(
            "Nothing is written yet. Pairs are coupled when you choose Couple. What has several matches, or none, is "
            "left as it is: couple it by hand, or choose other criteria and look again."
        ),
        LINKS,
    )

    def urls(self) -> Sequence[URLPattern]:
        """The page, and its live part."""
        from sync.views import matching as views

        return [
            path(self.path, views.MatchPreviewView.as_view(page=self), name=self.name),
            path(f"{self.path}live/", views.MatchLiveView.as_view(page=self), name=f"{self.name}.live"),
        ]


def preview_job(pk: UUID) -> Job:
    """The preview of a coupling job. Raises Http404."""
    job = Job.objects.filter(pk=pk, kind="coupling", preview=True).first()
    if job is None:
        raise Http404
    return job


class _Again(ActionView, kind=True):
    """The job of a preview once more, as it was asked for."""

    is_preview: bool = False

    def get_visible(self, request: HttpRequest) -> bool:
        """Only with a connection."""
        return connected(request)

    def run(self, request: HttpRequest, **kwargs: Any) -> Done | HttpResponseBase:
        """Start it and show it."""
        old = preview_job(kwargs["pk"])
        mapping = IntegrationTableMapping.objects.filter(name=old.mapping).first()
        if mapping is None:
            raise Refused("mapping_missing", {"mapping": old.mapping})
        (job,) = services.mapping_match(
            user=request.user,  # type: ignore[arg-type]
            mapping=mapping,
            erp_ids=old.param("erp_ids"),
            crm_ids=old.param("crm_ids"),
            create_new=old.create_new,
            synchronize_after=bool(old.param("synchronize_after")),
            preview=self.is_preview,
        ).jobs
        return Done(url=registry.reverse("sync.match_preview" if self.is_preview else "sync.job.card", pk=str(job.pk)))


@register
class CoupleMatches(_Again):
    """Couple what the preview has shown."""

    name = "sync.match_preview.couple"
    path = "sync/match/<uuid:pk>/couple/"
    title = _("Couple")


@register
class PreviewAgain(_Again):
    """The preview once more, with the records as they are now."""

    name = "sync.match_preview.again"
    path = "sync/match/<uuid:pk>/again/"
    title = _("Preview Again")
    is_preview = True


def match_action(scope: Any, **more: Any) -> Action:
    """Match-Based Coupling, on mappings and on lists of records of both sides."""
    return Action(
        "match",
        _("Match-Based Coupling"),
        dialog=MatchDialog.name,
        scope=scope,
        icon="link",
        visible=connected,
        disabled=not_matchable,
        **more,
    )
