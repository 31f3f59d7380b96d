"""What is done with a whole mapping: runs, deleting its couplings, its log and schedule."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponseBase
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from coupling.models import Coupling, IntegrationTableMapping, OptionMapping
from coupling.products import products
from pages import Action, ActionGroup, DialogPage, Done, Selection, register, registry
from sync import services
from sync.models import Schedule
from sync.services.started import Started
from sync.shown import connected, list_address, summary, watch

GROUP = ActionGroup("synchronization", _("Synchronization"), icon="arrow_sync", order=20)


def mappings_of(selection: Selection | None) -> list[IntegrationTableMapping]:
    """The chosen mappings, by name; also where their field lines were chosen."""
    if selection is None:
        return []
    return list(IntegrationTableMapping.objects.filter(pk__in=selection.pks).order_by("name"))


def modified(request: HttpRequest, selection: Selection) -> HttpResponseBase:
    """Synchronize what was changed since the last run, in dependency order."""
    user: Any = request.user
    return followed(request, [services.mappings_run(user=user, mappings=mappings_of(selection), mode="modified")])


def modified_all(request: HttpRequest, _selection: Selection) -> HttpResponseBase:
    """The same for all mappings, in dependency order."""
    return followed(request, [services.sync_modified_all(user=request.user)])  # type: ignore[arg-type]


def followed(request: HttpRequest, started: list[Started]) -> HttpResponseBase:
    """Follow the jobs in a notice."""
    jobs = [job for each in started for job in each.jobs]
    said = _now("The synchronization has been scheduled.") if jobs else summary(Started())
    return watch(request, jobs, said)


def uncouple(request: HttpRequest, selection: Selection) -> HttpResponseBase:
    """Delete all couplings of the chosen mappings in the background."""
    started = [services.mapping_uncouple(user=request.user, mapping=m) for m in mappings_of(selection)]  # type: ignore[arg-type]
    return followed(request, started)


def preview_uncouple(request: HttpRequest, selection: Selection) -> Done:
    """Show which couplings would go, with those that go with them."""
    user: Any = request.user
    started = [services.mapping_uncouple(user=user, mapping=m, preview=True) for m in mappings_of(selection)]
    return Done(url=registry.reverse("sync.job.card", pk=str(started[0].jobs[0].pk)))


def _log(_request: HttpRequest, selection: Selection) -> str:
    found = mappings_of(selection)
    return list_address("sync.job.list", mapping=found[0].name if found else "")


def _schedule(_request: HttpRequest, selection: Selection) -> str:
    entry = Schedule.objects.filter(mapping__in=[m.name for m in mappings_of(selection)]).first()
    return registry.reverse("sync.schedule.card", pk=str(entry.pk)) if entry else registry.reverse("sync.schedule.list")


def _errors(_request: HttpRequest, selection: Selection) -> str:
    found = mappings_of(selection)
    return list_address("sync.work_list", mapping=found[0].name if found else "")


def _one_way_only(_request: HttpRequest, selection: Selection) -> Any:
    if any(m.direction == "bidirectional" for m in mappings_of(selection)):
        return _("Only mappings of one direction can be synchronized unconditionally.")
    return None


def _no_couplings(_request: HttpRequest, selection: Selection) -> Any:
    names = [m.name for m in mappings_of(selection)]
    some = (
        Coupling.objects.filter(pair__in=names).exists()
        or OptionMapping.objects.filter(mapping__name__in=names).exists()
    )
    return None if some or not names else _("The mapping has no couplings.")


def actions(scope: str = "many") -> tuple[Action, ...]:
    """The actions of mappings; on the list they work on the chosen ones."""
    group: dict[str, Any] = {"group": GROUP.name, "visible": connected}
    many: Any = scope
    return (
        Action("sync_modified", _("Synchronize Modified Records"), run=modified, scope=many, icon="arrow_sync",
               order=10, confirm=_("Do you want to synchronize the records that were modified since the last run?"),
               **group),
        Action("run_full", _("Run Full Synchronization"), dialog="sync.run_full", scope=many, icon="arrow_sync", order=11,
               **group),
        Action("run_unconditional", _("Run Unconditional Full Synchronization"), dialog="sync.run_unconditional",
               scope=many, icon="arrow_sync", order=12, disabled=_one_way_only, **group),
        Action("delete_couplings", _("Delete Couplings"), run=uncouple, scope=many, icon="link_dismiss", order=21,
               disabled=_no_couplings,
               confirm=_("Do you want to delete all couplings of the mapping? The records stay."), **group),
        Action("preview_delete_couplings", _("Preview Delete Couplings"), run=preview_uncouple, scope=many, icon="eye",
               order=22, disabled=_no_couplings, **group),
        Action("job_log", _("Integration Synch. Job Log"), url=_log, scope="one", right="view", icon="history",
               order=30, separated=True, group=GROUP.name),
        Action("job_queue_entry", _("Job Queue Entry"), url=_schedule, scope="one", right="view", icon="clock", order=31,
               group=GROUP.name),
        Action("show_sync_errors", _("Coupled Data Synchronization Errors"), url=_errors, scope="one", right="view",
               icon="warning", order=32, group=GROUP.name),
    )  # fmt: skip


class RunForm(forms.Form):
    """What a full run may do."""

    direction = forms.ChoiceField(label=_("Direction"), required=False)
    create_new = forms.BooleanField(label=_("Create new records for records that are not coupled"), required=False)
    preview = forms.BooleanField(label=_("Preview only: write nothing"), required=False)

    def __init__(self, *args: Any, directions: list[tuple[str, str]], can_create: bool = True, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        direction: Any = self.fields["direction"]
        direction.choices = directions
        if len(directions) < 2:
            del self.fields["direction"]
        if not can_create:
            del self.fields["create_new"]


def direction_choices(found: list[IntegrationTableMapping]) -> list[tuple[str, str]]:
    """The ways that all of the mappings go."""
    if any(m.direction != "bidirectional" for m in found):
        return []
    names = products()
    both = _now("Both directions")
    return [
        ("", both),
        ("to_crm", _now("From %(erp)s to %(crm)s") % {"erp": names.erp, "crm": names.crm}),
        ("from_crm", _now("From %(crm)s to %(erp)s") % {"erp": names.erp, "crm": names.crm}),
    ]


class RunDialog(DialogPage, kind=True):
    """A run over whole mappings."""

    mode: str = "full"

    def form(self, request: HttpRequest, selection: Selection | None, data: Any = None) -> forms.Form | None:
        """Direction, create new, preview."""
        return RunForm(data, directions=direction_choices(mappings_of(selection)), can_create=self.mode == "full")

    def submit(
        self, request: HttpRequest, selection: Selection | None, form: forms.Form | None
    ) -> Done | HttpResponseBase:
        """Start the runs; a preview is opened."""
        assert form is not None
        given = form.cleaned_data
        started = services.mappings_run(
            user=request.user,  # type: ignore[arg-type]
            mappings=mappings_of(selection),
            mode=self.mode,
            direction=given.get("direction") or "",
            create_new=given.get("create_new", False),
            preview=given["preview"],
        )
        if given["preview"] and started.jobs:
            return Done(url=registry.reverse("sync.job.card", pk=str(started.jobs[0].pk)))
        return followed(request, [started])


@register
class FullRunDialog(RunDialog):
    """Run Full Synchronization."""

    name = "sync.run_full"
    path = "sync/run-full/"
    title = _("Run Full Synchronization")
    lead = _("All records of the mapping are compared and synchronized, whether they were modified or not.")


@register
class UnconditionalRunDialog(RunDialog):
    """Run Unconditional Full Synchronization."""

    name = "sync.run_unconditional"
    path = "sync/run-unconditional/"
    title = _("Run Unconditional Full Synchronization")
    lead = _("Every coupled record is written again from its source, also where nothing was modified.")
    mode = "full_unconditional"
