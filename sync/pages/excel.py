"""Edit in Excel: get the records of a list as a workbook, send it back, look at what it would change, write it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponseBase
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from pages import DialogPage, Done, Selection, register, registry
from records.errors import Refused
from sync import conf, services
from sync.imports import store
from sync.models import Job


class WorkbookForm(forms.Form):
    """The edited workbook."""

    file = forms.FileField(label=_("Edited workbook"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["file"].widget.attrs |= {
            "accept": ".xlsx,application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            "data-max-bytes": str(conf.value("IMPORT_MAX_BYTES")),
            "data-too-large": store.said_of_large(),
        }


@register
class EditInExcel(DialogPage):
    """Both ways of the round trip; what comes back is only looked at here."""

    name = "sync.edit_in_excel"
    path = "sync/import/edit/"
    title = _("Edit in Excel")
    template = "sync/edit_in_excel.html"
    submit_caption = _("Preview")
    needs_selection = False
    form_class = WorkbookForm

    def context(self, request: HttpRequest, selection: Selection | None, form: forms.Form | None) -> dict[str, Any]:
        """Where the workbook comes from."""
        page = selection.page if selection is not None else None
        return {"export_url": f"{registry.reverse(page.name)}excel/" if page is not None else ""}

    def submit(
        self, request: HttpRequest, selection: Selection | None, form: forms.Form | None
    ) -> Done | HttpResponseBase:
        """Start the preview and go to its page."""
        if selection is None or form is None:
            raise Refused("file_missing")
        file = form.cleaned_data["file"]
        started = services.import_start(
            user=request.user,  # type: ignore[arg-type]
            table=selection.label,
            blocks=file.chunks(),
            file_name=file.name or "",
            dry_run=True,
            edit=True,
        )
        return Done(url=registry.reverse("sync.job.card", pk=str(started.jobs[0].pk)))


class ApplyForm(forms.Form):
    """What is to become of bad rows."""

    skip_bad_rows = forms.BooleanField(label=_("Write the good rows even if others are bad"), required=False)


@register
class ApplyPreview(DialogPage):
    """Write what the preview of an import has shown."""

    name = "sync.import.apply"
    path = "sync/import/apply/"
    title = _("Write Changes")
    form_class = ApplyForm
    submit_caption = _("Write Changes")

    def context(self, request: HttpRequest, selection: Selection | None, form: forms.Form | None) -> dict[str, Any]:
        """How much it is."""
        job = _job(selection)
        counts: dict[str, int] = job.counters.get("", {}) if job is not None else {}
        said = _now("%(inserted)s new, %(modified)s changed, %(failed)s with an error.") % {
            name: counts.get(name, 0) for name in ("inserted", "modified", "failed")
        }
        return {"lead": said}

    def submit(
        self, request: HttpRequest, selection: Selection | None, form: forms.Form | None
    ) -> Done | HttpResponseBase:
        """Start the job and go to its page."""
        job = _job(selection)
        if job is None or form is None:
            raise Refused("not_a_preview")
        user: Any = request.user
        started = services.import_apply(user=user, job=job, skip_bad_rows=form.cleaned_data["skip_bad_rows"])
        return Done(url=registry.reverse("sync.job.card", pk=str(started.jobs[0].pk)))


def _job(selection: Selection | None) -> Job | None:
    keys = selection.pks[:1] if selection is not None and selection.label == "sync.Job" else []
    return Job.objects.filter(pk__in=keys).first()


def apply_url(job: Job) -> str:
    """The address of the question whether to write a preview; blank where there is nothing to write (any more)."""
    counts = (job.counters or {}).get("", {})
    has_changes = counts.get("inserted", 0) or counts.get("modified", 0)
    if job.kind != "import" or not job.preview or job.state != "finished" or not has_changes:
        return ""
    if services.applied(job) is not None:
        return ""
    return f"{registry.reverse('sync.import.apply')}?list=sync.job.list&ids={job.pk}"
