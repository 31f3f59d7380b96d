"""The question at the end of a full synchronization that has created records: may scheduled jobs create them, too?

Yes turns off Synch. Only Coupled Records of the mappings that ran; no leaves it as it is. It is asked once.
"""

from __future__ import annotations

from django.db import transaction

from coupling.models import IntegrationTableMapping
from coupling.services.mapping import mapping_update
from people.models import User
from records.errors import Refused
from sync.models import Job
from sync.services.rights import require

_KINDS = ("full", "full_unconditional")


def asks_about(job: Job) -> list[str]:
    """The mappings that the question is about; none where nothing is asked (any more)."""
    if job.preview or job.state != "finished" or job.parent or job.param("follow_up"):
        return []
    if job.kind == "full_sync":
        ran = Job.objects.filter(parent=job.pk, kind__in=_KINDS, create_new=True, state="finished")
        names = list(ran.values_list("mapping", flat=True))
    else:
        names = [job.mapping] if job.kind in _KINDS and job.create_new else []
    found = IntegrationTableMapping.objects.filter(name__in=names, only_coupled=True).order_by("name") if names else ()
    return [mapping.name for mapping in found if not mapping.is_option]


@transaction.atomic
def job_follow_up(*, user: User, job: Job, create_new: bool) -> Job:
    """Answer the question. Raises PermissionDenied and Refused (`no_follow_up`)."""
    require(user, "setup")
    job = Job.objects.select_for_update(no_key=True).get(pk=job.pk)
    names = asks_about(job)
    if not names:
        raise Refused("no_follow_up")
    if create_new:
        for mapping in IntegrationTableMapping.objects.filter(name__in=names):
            mapping_update(mapping=mapping, values={"only_coupled": False})
    job.params = {**job.params, "follow_up": "yes" if create_new else "no"}
    Job.objects.filter(pk=job.pk).update(params=job.params)
    return job
