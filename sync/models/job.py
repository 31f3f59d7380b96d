"""The job row: what was asked for, by whom, and how it ended. It is the truth; a broker message is only a doorbell."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from coupling.models.base import Json
from records.fields import Bool, Choice, Code, DateTime, Guid, Int, Text
from sync.models.base import SyncTable

KINDS = {
    "single": _("Single Record"),
    "selected": _("Selected Records"),
    "modified": _("Modified Records"),
    "full": _("Full Synchronization"),
    "full_unconditional": _("Unconditional Full Synchronization"),
    "coupling": _("Coupling"),
    "uncoupling": _("Uncoupling"),
    "full_sync": _("Full Synchronization of Several Mappings"),
    "import": _("Import"),
    "undo": _("Undo"),
}
#: Kinds that synchronize records of one mapping, with a pass in each direction.
SYNC_KINDS = ("single", "selected", "modified", "full", "full_unconditional")
#: Kinds that a user waits for: claimed before everything else.
USER_KINDS = ("single", "selected")
STATES = {
    "ready": _("Ready"),
    "in_process": _("In Process"),
    "finished": _("Finished"),
    "failed": _("Failed"),
    "cancelled": _("Canceled"),
}
ENDED = ("finished", "failed", "cancelled")
JOB_DIRECTIONS = {
    "": "",
    "bidirectional": _("Bidirectional"),
    "to_crm": _("To Integration Table"),
    "from_crm": _("From Integration Table"),
    "merge": _("Merge"),
}
#: Raised when workers of an older version must leave newer jobs alone.
PROTOCOL = 1


class Job(SyncTable):
    """One piece of work. Its counters are the sum over its chunks and are copied here only when it ends.

    `whole`: works on a whole mapping; at most one such job runs per mapping. `after`: ids of jobs that must have ended
    first. `parent`: the full synchronization it belongs to. `run_id`: shared by jobs that one request started.
    `caused_by`: the job that this one follows. `schedule`, `due_at`: the tick that started it; unique together.
    `params`: what else was asked (`expected_versions`, `fields`, `erp_ids` ...). `plan_version`: the version of the
    mapping that the job works with, set when it starts. `by_user`: a person started it (pending rows are then taken
    before their time). `category`: at most one job of a category runs; the others wait.
    """

    kind = Choice(KINDS, caption=_("Type"), readonly=True)
    mapping = Code(20, caption=_("Mapping"), readonly=True)
    direction = Choice(JOB_DIRECTIONS, caption=_("Direction"), readonly=True)
    preview = Bool(caption=_("Preview"), readonly=True)
    create_new = Bool(caption=_("Create New Records"), readonly=True)
    whole = Bool(internal=True)
    by_user = Bool(internal=True)
    state = Choice(STATES, default="ready", caption=_("Status"), readonly=True)
    cancel_requested = Bool(db_default=False, internal=True)
    run_id = Guid(caption=_("Run"), readonly=True)
    caused_by = Guid(caption=_("Caused By"), readonly=True)
    parent = Guid(caption=_("Parent"), readonly=True)
    after = Json(default=list)
    schedule = Guid(internal=True)
    due_at = DateTime(internal=True)
    requested_by = Text(80, caption=_("Requested By"), readonly=True)
    requested_at = DateTime(null=False, db_default=Now(), caption=_("Requested At"), readonly=True)
    run_at = DateTime(null=False, db_default=Now(), internal=True)
    started_at = DateTime(caption=_("Started At"), readonly=True)
    finished_at = DateTime(caption=_("Finished At"), readonly=True)
    message_code = Text(50, internal=True)
    message_params = Json(default=dict)
    total = Int(null=True, caption=_("Total"), readonly=True)
    counters = Json(default=dict)
    processed = Int(caption=_("Processed"), readonly=True)
    params = Json(default=dict)
    category = Code(10, db_default="", caption=_("Job Queue Category Code"), readonly=True)
    plan_version = models.IntegerField(default=0, db_default=0, editable=False)
    protocol = models.SmallIntegerField(default=PROTOCOL, db_default=PROTOCOL, editable=False)

    SYSTEM: ClassVar[tuple[str, ...]] = ("plan_version", "protocol")

    class Meta:
        verbose_name = _("Integration Synchronization Job")
        verbose_name_plural = _("Integration Synchronization Jobs")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["mapping"],
                condition=Q(whole=True, state="in_process"),
                name="sync_one_running_per_mapping",
            ),
            models.UniqueConstraint(
                fields=["mapping", "kind", "direction", "create_new", "preview"],
                condition=Q(whole=True, state="ready"),
                name="sync_one_waiting_alike",
            ),
            models.UniqueConstraint(fields=["schedule", "due_at"], name="sync_one_job_per_tick"),
            models.UniqueConstraint(
                fields=["category"],
                condition=Q(state="in_process") & ~Q(category=""),
                name="sync_one_running_per_category",
            ),
            models.CheckConstraint(
                condition=Q(finished_at__isnull=False, state__in=ENDED)
                | Q(finished_at__isnull=True, state__in=("ready", "in_process")),
                name="sync_job_end_has_time",
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["run_at"], condition=Q(state__in=("ready", "in_process")), name="sync_job_open"),
            models.Index(fields=["mapping", "-id"], name="sync_job_of_mapping"),
            models.Index(fields=["parent"], condition=Q(parent__isnull=False), name="sync_job_of_parent"),
            models.Index(fields=["caused_by"], condition=Q(caused_by__isnull=False), name="sync_job_followers"),
        ]

    class Record:
        label = _("Integration Synchronization Job")
        plural = _("Integration Synchronization Jobs")
        natural_key = None
        title = ("kind", "mapping")
        search = ("kind", "mapping", "requested_by")
        sort = ("-id",)
        path = "jobs"

    def __str__(self) -> str:
        return f"{self.kind} {self.mapping} {self.state}"

    @property
    def requested_by_name(self) -> str:
        """The user name that writes of this job are recorded under."""
        return self.requested_by

    @property
    def is_ended(self) -> bool:
        """True when nothing of it will change any more."""
        return self.state in ENDED

    @property
    def directions(self) -> list[str]:
        """The one-way directions of its passes, to CRM first; none for jobs that do not synchronize."""
        if self.kind not in SYNC_KINDS:
            return []
        both: dict[str, list[str]] = {"bidirectional": ["to_crm", "from_crm"], "merge": ["to_crm", "from_crm"]}
        return both.get(self.direction, [self.direction])

    def param(self, name: str, default: Any = None) -> Any:
        """One of the further parameters."""
        return (self.params or {}).get(name, default)
