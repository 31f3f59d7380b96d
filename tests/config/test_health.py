"""`/healthz` and `/readyz`: what a probe is told."""

from __future__ import annotations

from datetime import timedelta

import pytest
from celery import current_app
from django.db import DatabaseError, OperationalError, connection
from django.utils import timezone

from config import health, heartbeat
from config.heartbeat import FORGET_AFTER, Heartbeat
from config.models import WorkerSeen

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def forget_migrations(monkeypatch):
    monkeypatch.setattr(health.Migrations, "good_until", 0.0)


def seen(seconds_ago: float) -> None:
    WorkerSeen.objects.create(name="worker-1@here", seen_at=timezone.now() - timedelta(seconds=seconds_ago))


def test_healthz_answers_without_session_language_and_host(client):
    answer = client.get("/healthz", headers={"host": "10.0.0.7:8000"})

    assert (answer.status_code, answer.content) == (200, b"ok\n")
    assert not answer.cookies


def test_readyz_is_200_when_everything_is_there(client):
    seen(seconds_ago=1)

    answer = client.get("/readyz", headers={"host": "10.0.0.7:8000"})

    assert (answer.status_code, answer.json()) == (200, {})


@pytest.mark.parametrize("age", [None, 31])
def test_readyz_misses_a_worker_that_was_not_seen_for_30_seconds(client, age):
    if age:
        seen(seconds_ago=age)

    answer = client.get("/readyz")

    assert answer.status_code == 503
    assert answer.json() == {"worker": "no worker was seen in the last 30 s"}


def test_readyz_names_a_broker_that_is_away(client, monkeypatch):
    seen(seconds_ago=1)
    monkeypatch.setattr(current_app.conf, "broker_url", "redis://127.0.0.1:1/0")
    current_app.pool.force_close_all()

    answer = client.get("/readyz")

    assert answer.status_code == 503
    assert list(answer.json()) == ["broker"]


def test_readyz_names_a_database_that_is_away_and_checks_no_further(client, monkeypatch):
    def fail():
        raise OperationalError("connection refused\nIs the server running?")

    monkeypatch.setattr(connection, "cursor", fail)
    monkeypatch.setattr(connection, "close", lambda: None)

    answer = client.get("/readyz")

    assert answer.status_code == 503
    assert answer.json() == {"database": "connection refused"}


def test_readyz_names_missing_migrations(client):
    seen(seconds_ago=1)
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'config'")

    answer = client.get("/readyz")

    assert answer.status_code == 503
    assert answer.json() == {"migrations": "1 migrations are not applied, the first is config.0001_initial"}


def test_a_heartbeat_writes_one_row_and_forgets_workers_of_yesterday(monkeypatch):
    monkeypatch.setattr(connection, "close", lambda: None)
    WorkerSeen.objects.create(name="old", seen_at=timezone.now() - FORGET_AFTER - timedelta(seconds=1))
    heart = Heartbeat("worker-1@here")

    heart.beat()
    heart.beat()

    assert [row.name for row in WorkerSeen.objects.all()] == ["worker-1@here"]


def test_a_heartbeat_outlives_a_database_that_is_away(monkeypatch):
    def fail(**_):
        raise DatabaseError("gone")

    monkeypatch.setattr(connection, "close", lambda: None)
    monkeypatch.setattr(WorkerSeen.objects, "update_or_create", fail)

    Heartbeat("worker-1@here").beat()

    assert not WorkerSeen.objects.exists()


def test_a_worker_whose_task_outlived_its_limit_is_stuck(monkeypatch):
    heart = Heartbeat("worker-1@here")
    heart.task_limit = 300
    monkeypatch.setattr("config.heartbeat.time.monotonic", lambda: 1000.0)

    assert not heart.is_stuck()
    heart.task_started = 800.0
    assert not heart.is_stuck()
    heart.task_started = 699.0
    assert heart.is_stuck()


@pytest.mark.parametrize(("minutes", "is_silent"), [(4, False), (6, False), (241, True)])
def test_a_worker_is_seen_as_long_as_its_task_may_take(monkeypatch, minutes, is_silent):
    from sync.tasks import ring

    heart = Heartbeat("worker-1@here")
    monkeypatch.setattr(heartbeat._Current, "heartbeat", heart)

    heartbeat.task_begins(task=ring)
    heart.task_started -= minutes * 60

    assert heart.is_stuck() is is_silent


def test_a_task_without_a_limit_of_its_own_has_the_common_one(monkeypatch, settings):
    heart = Heartbeat("worker-1@here")
    monkeypatch.setattr(heartbeat._Current, "heartbeat", heart)

    heartbeat.task_begins(task=object())
    heart.task_started -= settings.CELERY_TASK_TIME_LIMIT + 1

    assert heart.is_stuck()
