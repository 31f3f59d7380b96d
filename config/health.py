"""`/healthz`: the process answers. `/readyz`: it can also do its work, or says which part of it it cannot.

A worker is alive when it wrote its row (`WorkerSeen`) within the last `WORKER_SECONDS`. Rows in the database, not
files: they work as well where web server and workers are different machines.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import timedelta

from celery import current_app
from django.db import Error as DatabaseError
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.utils import timezone
from kombu.exceptions import OperationalError as BrokerError

WORKER_SECONDS = 30
BROKER_SECONDS = 2
MIGRATIONS_SECONDS = 30

Respond = Callable[[HttpRequest], HttpResponseBase]


class HealthMiddleware:
    """Answers both addresses before sessions, languages and host checks: probes know none of them."""

    def __init__(self, get_response: Respond) -> None:
        """Keep the rest of the chain."""
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer a probe, hand everything else on."""
        if request.path_info == "/healthz":
            return sized(HttpResponse("ok\n", content_type="text/plain"))
        if request.path_info == "/readyz":
            reasons = missing()
            return sized(JsonResponse(reasons, status=503 if reasons else 200))
        return self.get_response(request)


def sized(response: HttpResponse) -> HttpResponse:
    """Say how long the answer is, so that the connection can be kept; further in a middleware does this."""
    response["Content-Length"] = str(len(response.content))
    response["Cache-Control"] = "no-store"
    return response


def missing() -> dict[str, str]:
    """Return `{check: reason}` of what is not there; empty when this process can do its work."""
    checks = {"database": check_database, "broker": check_broker}
    reasons = {name: reason for name, check in checks.items() if (reason := check())}
    if "database" not in reasons:
        later = {"migrations": check_migrations, "worker": check_worker}
        reasons |= {name: reason for name, check in later.items() if (reason := check())}
    return reasons


def check_database() -> str:
    """Return why the database does not answer, or an empty text."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError as error:
        connection.close()
        return first_line(error)
    return ""


def check_broker() -> str:
    """Return why no message can be sent, or an empty text."""
    try:
        with current_app.connection_for_write() as broker:
            broker.ensure_connection(max_retries=1, interval_start=0, timeout=BROKER_SECONDS)
    except (BrokerError, OSError) as error:
        return first_line(error) or type(error).__name__
    return ""


class Migrations:
    """Remembers for `MIGRATIONS_SECONDS` that nothing is missing: reading all migrations takes a while."""

    good_until = 0.0


def check_migrations() -> str:
    """Return how many migrations are missing, or an empty text."""
    if time.monotonic() < Migrations.good_until:
        return ""
    try:
        executor = MigrationExecutor(connection)
        plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    except DatabaseError as error:
        return first_line(error)
    if plan:
        return f"{len(plan)} migrations are not applied, the first is {plan[0][0]}"
    Migrations.good_until = time.monotonic() + MIGRATIONS_SECONDS
    return ""


def check_worker() -> str:
    """Return that no worker was seen lately, or an empty text."""
    from config.models import WorkerSeen

    since = timezone.now() - timedelta(seconds=WORKER_SECONDS)
    try:
        is_there = WorkerSeen.objects.filter(seen_at__gte=since).exists()
    except DatabaseError as error:
        return first_line(error)
    return "" if is_there else f"no worker was seen in the last {WORKER_SECONDS} s"


def first_line(error: BaseException) -> str:
    """Return the first line of an error's text."""
    return str(error).strip().partition("\n")[0]
