"""Jobs of the set-up: run by this process at once, exactly as a worker would."""

from __future__ import annotations

from collections.abc import Sequence

from people.models import User
from sync.inline import run_now
from sync.models import Job
from sync.services import Started

ADMINISTRATOR = "admin"
PATIENCE_SECONDS = 120.0


class UnfinishedJobError(Exception):
    """A job of the set-up did not end well."""


def administrator() -> User:
    """The user who sets up."""
    return User.objects.get(username=ADMINISTRATOR)


def finish(started: Started) -> list[Job]:
    """Work on the jobs of a request, and on those that follow them, until all have ended. Raises UnfinishedJobError."""
    jobs = following = _ended(started.jobs)
    while following := list(Job.objects.filter(caused_by__in=[job.pk for job in following], finished_at=None)):
        following = _ended(following)
    return jobs


def _ended(jobs: Sequence[Job]) -> list[Job]:
    ended = run_now(jobs, seconds=PATIENCE_SECONDS)
    for job in ended:
        if job.state != "finished":
            raise UnfinishedJobError(
                f"{job.kind} of {job.mapping}: {job.state} {job.message_code} {job.message_params}"
            )
    return ended
