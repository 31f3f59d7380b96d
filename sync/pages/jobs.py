"""Integration Synchronization Jobs: the log, and one job with its passes, live."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponseBase
from django.urls import URLPattern, path
from django.utils.formats import number_format
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from pages import (
    Action,
    ActionView,
    CardPage,
    Column,
    DialogPage,
    Done,
    FastTab,
    Help,
    ListPage,
    Number,
    Progress,
    Row,
    Selection,
    Sentence,
    View,
    register,
    registry,
)
from records.messages import text
from sync import selectors, services
from sync.models import Job
from sync.models.job import ENDED
from sync.pages.common import JOB_CHIPS, LINKS, CounterColumn, StatusOrWaiting, totals
from sync.services.jobs import UNDOABLE
from sync.shown import list_address, watch

#: Seconds between two looks at jobs that run, and at a list where nothing runs.
QUICK, SLOW = 1, 10


def _job(selection: Selection) -> Job:
    return Job.objects.get(pk=selection.pks[0])


def _one(selection: Selection) -> Job | None:
    return Job.objects.filter(pk__in=selection.pks[:1]).first() if selection.count == 1 else None


def _cannot_cancel(_request: HttpRequest, selection: Selection) -> str | None:
    job = _one(selection)
    return text("job_ended") if job is not None and job.is_ended else None


def _cannot_undo(_request: HttpRequest, selection: Selection) -> str | None:
    job = _one(selection)
    if job is None:
        return None
    if not job.is_ended:
        return text("job_not_ended")
    if job.preview:
        return text("job_is_preview")
    if job.kind == "undo" or not job.outcomes.filter(action__in=UNDOABLE).exists():
        return text("nothing_to_undo")
    return None


def cancel(request: HttpRequest, selection: Selection) -> Done:
    """Cancel the job; it ends at the border of a chunk."""
    services.job_cancel(user=request.user, job=_job(selection))  # type: ignore[arg-type]
    return Done(_now("The job is being canceled. What is done already stays."))


def undo(request: HttpRequest, selection: Selection) -> HttpResponseBase:
    """Take back what the job wrote."""
    started = services.job_undo(user=request.user, job=_job(selection))  # type: ignore[arg-type]
    return watch(request, started.jobs, _now("The earlier values are being restored."))


def preview_undo(request: HttpRequest, selection: Selection) -> Done:
    """Show what taking back would do, and what it would leave."""
    started = services.job_undo(user=request.user, job=_job(selection), preview=True)  # type: ignore[arg-type]
    return Done(url=registry.reverse("sync.job.card", pk=str(started.jobs[0].pk)))


def _with_children(key: str) -> list[str]:
    """The job, or the jobs of a full synchronization over several mappings."""
    return [str(pk) for pk in Job.objects.filter(parent=key).order_by("id").values_list("pk", flat=True)] or [key]


def _records(_request: HttpRequest, selection: Selection) -> str:
    return list_address("sync.outcome.list", job=_with_children(selection.pks[0]))


def _errors(_request: HttpRequest, selection: Selection) -> str:
    return list_address("sync.outcome.list", job=_with_children(selection.pks[0]), action="fail")


CANCEL = Action(
    "cancel", _("Cancel"), run=cancel, scope="one", icon="dismiss", disabled=_cannot_cancel,
    confirm=_("Do you want to cancel the job? What is done already stays."), order=40,
)  # fmt: skip
UNDO = Action(
    "undo", _("Undo"), run=undo, scope="one", icon="arrow_undo", disabled=_cannot_undo, order=41,
    confirm=_(
        "Do you want to restore the values from before this job? Records that were changed since stay as they are."
    ),
)  # fmt: skip
PREVIEW_UNDO = Action(
    "preview_undo", _("Preview Undo"), run=preview_undo, scope="one", icon="eye", disabled=_cannot_undo, order=42
)
SHOW_ERRORS = Action(
    "show_errors", _("Show Errors"), url=_errors, scope="one", right="view", icon="error_circle", order=20
)
SHOW_RECORDS = Action("show_records", _("Show Records"), url=_records, scope="one", right="view", icon="list", order=21)
DELETE_OLD = Action(
    "delete_entries",
    _("Delete Entries Older Than 7 Days"),
    dialog="sync.job.delete_entries",
    right="setup",
    icon="delete",
    order=60,
)


def delete_chosen(request: HttpRequest, selection: Selection) -> Done:
    """Delete the chosen jobs and say how many."""
    deleted, kept = services.jobs_delete(user=request.user, ids=list(selection.pks))  # type: ignore[arg-type]
    return Done(_now("%(deleted)s entries were deleted, %(kept)s were kept.") % {"deleted": deleted, "kept": kept})


DELETE_CHOSEN = Action(
    "delete_chosen", _("Delete Entries"), run=delete_chosen, scope="many",
    right="setup", icon="delete", order=61,
    confirm=_("Do you want to delete the chosen jobs with their log? Those that something refers to are kept."),
)  # fmt: skip


def duration(keys: Sequence[str]) -> dict[str, str]:
    """How long jobs took, or have taken so far."""
    now = dt.datetime.now(dt.UTC)
    found = {}
    for pk, begin, end in Job.objects.filter(pk__in=list(keys)).values_list("pk", "started_at", "finished_at"):
        if begin is not None:
            found[str(pk)] = seconds_text(((end or now) - begin).total_seconds())
    return found


def seconds_text(seconds: float) -> str:
    """`0.4 s`, `12 s`, `3:05 min`."""
    if seconds < 10:
        return _now("%(seconds)s s") % {"seconds": number_format(round(max(seconds, 0), 1), 1)}
    if seconds < 60:
        return _now("%(seconds)s s") % {"seconds": round(seconds)}
    minutes, rest = divmod(round(seconds), 60)
    return _now("%(minutes)s:%(seconds)s min") % {"minutes": minutes, "seconds": f"{rest:02d}"}


def messages_of(keys: Sequence[str]) -> dict[str, str]:
    """What jobs that could not do their work say."""
    rows = Job.objects.filter(pk__in=list(keys)).exclude(message_code="")
    return {str(job.pk): text(job.message_code, job.message_params) for job in rows}


def _processed(keys: Sequence[str]) -> dict[str, Any]:
    """What is done so far; an ended job is done, however many of its records another pass had seen already."""
    ended = dict(Job.objects.filter(pk__in=list(keys), state="finished").values_list("pk", "total"))
    done: dict[str, Any] = {key: counts["processed"] for key, counts in totals(keys).items()}
    return done | {str(pk): total for pk, total in ended.items()}


def waiting(keys: Sequence[str]) -> dict[str, bool]:
    """Jobs that wait for another one of their category."""
    return dict.fromkeys(selectors.blocked(keys), True)


@register
class JobList(ListPage):
    """The log of all jobs, newest first."""

    name = "sync.job.list"
    model = "sync.Job"
    path = "sync/jobs/"
    title = _("Integration Synchronization Jobs")
    card = "sync.job.card"
    menu = ("synchronization", 20)
    icon = "history"
    keywords = _("synchronization log, job log, jobs, progress, history, sync")
    help = Help(
        _(
            "Every synchronization, coupling and import is a job. The log shows how far it is, what it did with each "
            "record and why. A finished job can be taken back as long as nobody has changed the records since."
        ),
        LINKS,
    )
    columns = (
        "mapping",
        "kind",
        "direction",
        StatusOrWaiting(JOB_CHIPS, waiting),
        Progress("done", _("Progress"), total="total", compute=_processed),
        Number("total", _("Records")),
        *(CounterColumn(name) for name in ("inserted", "modified", "deleted", "unchanged", "skipped", "failed")),
        CounterColumn("coupled"),
        CounterColumn("uncoupled"),
        "preview",
        "requested_by",
        "started_at",
        Column("duration", _("Duration"), compute=duration),
        Sentence("message", _("Message"), compute=messages_of),
    )
    filter_fields = ("mapping", "kind", "state", "requested_by")
    views = (
        View("all", _("All"), ""),
        View("running", _("Running"), "state=ready|in_process"),
        View("failed", _("Failed"), "state=failed"),
        View("previews", _("Previews"), "preview=true"),
    )
    actions = (SHOW_ERRORS, SHOW_RECORDS, CANCEL, UNDO, PREVIEW_UNDO, DELETE_OLD, DELETE_CHOSEN)
    insert = False
    delete = False

    def poll(self, request: HttpRequest, rows: Sequence[Row]) -> int | None:
        """Every second while something on the screen runs."""
        return QUICK if any(row.get("state") not in ENDED for row in rows) else SLOW


@register
class JobCard(CardPage):
    """One job: progress, passes, and what it asked for."""

    name = "sync.job.card"
    model = "sync.Job"
    path = "sync/jobs/<uuid:pk>/"
    title = _("Integration Synchronization Job")
    list = "sync.job.list"
    fasttabs = (
        FastTab(
            "general",
            _("General"),
            ("mapping", "kind", "direction", "state", "preview", "create_new", "category", "requested_by",
             "requested_at", "started_at", "finished_at", "total"),
            summary=("mapping", "kind", "state"),
        ),
    )  # fmt: skip
    actions = (SHOW_ERRORS, SHOW_RECORDS, CANCEL, UNDO, PREVIEW_UNDO)
    editable = False
    insert = False
    delete = False

    def urls(self) -> Sequence[URLPattern]:
        """The card with its live part, which is read again while the job runs."""
        from sync.views import jobs

        first, *others = super().urls()
        return [
            path(self.path, jobs.JobView.as_view(page=self), name=first.name),
            path(f"{self.path}progress/", jobs.JobProgressView.as_view(page=self), name=f"{self.name}.progress"),
            *others,
        ]


@register
class FollowUp(ActionView):
    """The answer to the question at the end of a full synchronization."""

    name = "sync.job.follow_up"
    path = "sync/jobs/<uuid:pk>/follow-up/<slug:answer>/"
    title = _("Synch. Only Coupled Records")
    right = "setup"

    def run(self, request: HttpRequest, **kwargs: Any) -> Done:
        """Answer it and read the page of the job anew."""
        job = Job.objects.filter(pk=kwargs["pk"]).first()
        if job is None or kwargs["answer"] not in ("yes", "no"):
            raise Http404
        services.job_follow_up(user=request.user, job=job, create_new=kwargs["answer"] == "yes")  # type: ignore[arg-type]
        return Done(_now("The answer has been stored."), url=registry.reverse("sync.job.card", pk=str(job.pk)))


class DeleteEntriesForm(forms.Form):
    """How old entries have to be."""

    older_than_days = forms.IntegerField(label=_("Older Than (Days)"), min_value=0, max_value=36_500, initial=7)


@register
class DeleteEntriesDialog(DialogPage):
    """Delete old entries of the log, except those of unsolved errors."""

    name = "sync.job.delete_entries"
    path = "sync/jobs/delete-entries/"
    title = _("Delete Entries")
    right = "setup"
    form_class = DeleteEntriesForm
    needs_selection = False
    tone = "bad"
    submit_caption = _("Delete")
    lead = _("Ended jobs are deleted with their log. Jobs that an unsolved error or another job refers to are kept.")

    def submit(self, request: HttpRequest, selection: Selection | None, form: forms.Form | None) -> Done:
        """Delete and say how many."""
        assert form is not None
        days = form.cleaned_data["older_than_days"]
        deleted, kept = services.jobs_delete_entries(user=request.user, older_than_days=days)  # type: ignore[arg-type]
        return Done(_now("%(deleted)s entries were deleted, %(kept)s were kept.") % {"deleted": deleted, "kept": kept})
