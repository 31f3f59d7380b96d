"""The nine causes for which a record does not synchronize, each alone and every two together: the first one is named."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import transaction

from coupling.models import Connection, Coupling, IntegrationTableMapping
from records.writes import insert
from sync.explain import GATES, Gate, blocking, explain
from sync.models import Failure, Job, Schedule
from tests.sync.scene import Scene

pytestmark = pytest.mark.django_db
ERROR = {"code": "too_long", "params": {"length": 150, "max": 100, "field": "name"}}


@pytest.fixture
def scene(db: Any) -> Scene:
    return Scene()


def connection(_scene: Scene) -> None:
    Connection.objects.update(enabled=False)


def filter_(scene: Scene) -> None:
    scene.edit_customer(blocked=3)


def direction(scene: Scene) -> None:
    scene.mapping(direction="from_crm")


def only_coupled(scene: Scene) -> None:
    """An uncoupled record under a mapping that creates nothing."""
    Coupling.objects.all().delete()
    scene.mapping(only_coupled=True)


def coupling(scene: Scene) -> None:
    """The partner is gone."""
    scene.remove("crm.Account", scene.account())


def dependency(scene: Scene) -> None:
    currency = insert("erp.Currency", [{"code": "NOK"}], source="setup").single().pk
    scene.edit_customer(currency_code=currency)


def skipped(_scene: Scene) -> None:
    Coupling.objects.update(skipped=True, error_to_crm=ERROR)


def job(_scene: Scene) -> None:
    Schedule.objects.filter(mapping="CUSTOMER").update(state="on_hold", next_run_at=None)


def last_result(scene: Scene) -> None:
    """The last attempt failed; of a record without a coupling the failure is remembered beside it."""
    if not Coupling.objects.update(error_to_crm=ERROR):
        last = Job.objects.latest("id").pk
        Failure.objects.create(mapping="CUSTOMER", side="erp", record=scene.customer(), code="too_long", job_id=last)


#: In the order of the gates. What needs the records to be coupled is made before what deletes one of them.
CAUSES: dict[str, Callable[[Scene], None]] = {
    "connection": connection,
    "filter": filter_,
    "direction": direction,
    "only_coupled": only_coupled,
    "coupling": coupling,
    "dependency": dependency,
    "skipped": skipped,
    "job": job,
    "last_result": last_result,
}
#: A record without a coupling has no partner to lose and nothing to skip.
IMPOSSIBLE = {("only_coupled", "coupling"), ("only_coupled", "skipped")}
#: What a mapping does not carry in this direction refers to nothing that would have to be coupled.
HIDDEN = {("direction", "dependency")}
#: The order in which causes are made: those that remove something last.
MADE = ("dependency", "only_coupled", "skipped", "last_result", "filter", "coupling", "direction", "job", "connection")


@contextmanager
def taken_back() -> Iterator[None]:
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def look(scene: Scene) -> dict[str, Gate]:
    return {
        gate.gate: gate
        for gate in explain(IntegrationTableMapping.objects.get(name="CUSTOMER"), "erp", scene.customer())
    }


def test_the_causes_are_the_gates_in_their_order(scene: Scene) -> None:
    scene.couple()

    gates = look(scene)

    assert list(gates) == list(CAUSES)
    assert len(GATES) == 9
    assert blocking(list(gates.values())) is None


def test_each_cause_alone_closes_its_gate_and_is_named(scene: Scene) -> None:
    scene.couple()
    for name, cause in CAUSES.items():
        with taken_back():
            cause(scene)
            gates = look(scene)
            assert blocking(list(gates.values())) == name
            assert gates[name].reason
            also = {gate.gate for gate in gates.values() if not gate.passed} - {name}
            # without a coupling there is no partner either; what is skipped has failed before
            assert also <= {"only_coupled": {"coupling"}, "skipped": {"last_result"}}.get(name, set()), name


@pytest.mark.parametrize("first", list(CAUSES))
def test_of_two_causes_the_first_gate_is_named_and_both_are_closed(scene: Scene, first: str) -> None:
    scene.couple()
    looked_at = 0
    for second in list(CAUSES)[list(CAUSES).index(first) + 1 :]:
        if (first, second) in IMPOSSIBLE:
            continue
        with taken_back():
            for name in MADE:
                if name in (first, second):
                    CAUSES[name](scene)
            gates = look(scene)
            assert blocking(list(gates.values())) == first, (first, second)
            assert not gates[first].passed
            assert gates[second].passed is ((first, second) in HIDDEN), (first, second)
            looked_at += 1
    assert looked_at == sum(pair not in IMPOSSIBLE for pair in itertools.combinations(CAUSES, 2) if pair[0] == first)
