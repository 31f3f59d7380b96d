"""Jobs of the set-up: run by this process at once, exactly as a worker would."""

from __future__ import annotations

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
    """Work on the jobs of a request until they have ended. Raises UnfinishedJobError."""
    jobs = run_now(started.jobs, seconds=PATIENCE_SECONDS)
    for job in jobs:
        if job.state != "finished":
            raise UnfinishedJobError(
                f"{job.kind} of {job.mapping}: {job.state} {job.message_code} {job.message_params}"
            )
    return jobs
