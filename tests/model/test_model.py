"""Random users, random runs: after each step the product holds what a plain reference says, and every invariant.

10,000 steps in CI; by hand as many as wished, with another seed:
`MODEL_STEPS=1000000 pytest tests/model --hypothesis-seed=7`.
"""

from __future__ import annotations

import os
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule, run_state_machine_as_test

from coupling.models import Coupling, IntegrationFieldMapping, IntegrationTableMapping
from coupling.services.coupling import coupling_create, coupling_delete
from coupling.services.mapping import mapping_update
from records import writes
from records.actor import acting
from records.schema import model_of
from sync import invariants
from sync.jobs import drain
from sync.models import Job
from sync.services import mapping_run, sync_now
from tests.cast import make_user
from tests.coupling.world import World, build
from tests.model.reference import BLANK, FIELDS, Reference, Row, Values

STEPS = int(os.environ.get("MODEL_STEPS", "10000"))
LENGTH = int(os.environ.get("MODEL_LENGTH", "50"))
SHRINKS = bool(os.environ.get("MODEL_SHRINKS"))  # takes minutes
TABLES = {"erp": "erp.Customer", "crm": "crm.Account"}
NAME = "Adatum"  # of all records: it never differs
NAMES = {
    "erp": {"phone": "phone_no", "line": "address_2", "county": "county", "credit": "credit_limit_lcy"},
    "crm": {
        "phone": "telephone1",
        "line": "address1_line2",
        "county": "address1_stateorprovince",
        "credit": "creditlimit",
    },
}
DIRECTION = {"both": "bidirectional", "to": "to_crm", "from": "from_crm"}
FILTERS = {"erp": "blocked=0", "crm": "statecode=0,customertypecode=3"}
WAYS = st.sampled_from([("bidirectional", {"to", "from"}), ("to_crm", {"to"}), ("from_crm", {"from"})])
VALUES = {
    "phone": st.sampled_from([None, "1", "2", "3"]),
    "line": st.sampled_from([None, "a", "b", "closed"]),
    "county": st.sampled_from([None, "c", "d"]),
    "credit": st.sampled_from([None, 1, 2]),
}
CHANGE = st.fixed_dictionaries({}, optional=VALUES).filter(bool)
PICK = st.integers(min_value=0, max_value=1000)


class Undone(Exception):
    """Ends an example: everything in the database is rolled back."""


class Synchronization(RuleBasedStateMachine):
    """Users and runs on both sides, in the product and in the reference."""

    world: World
    user: Any

    def __init__(self) -> None:
        super().__init__()
        self.atomic = transaction.atomic()
        self.atomic.__enter__()
        self.acting = acting("salesperson", "page")
        self.acting.__enter__()
        self.reference = Reference(partner_of=self.partner_of)

    def teardown(self) -> None:
        self.acting.__exit__(None, None, None)
        self.atomic.__exit__(Undone, Undone(), None)

    # Helpers

    def mapping(self) -> IntegrationTableMapping:
        return IntegrationTableMapping.objects.get(name="CUSTOMER")

    def some(self, pick: int, side: str = "", *, coupled: bool | None = None, there: bool = True) -> str | None:
        """One of the records in question."""
        keys = [
            key
            for key, row in self.reference.rows.items()
            if row.there is there
            and side in ("", row.side)
            and (coupled is None or coupled is (self.reference.pair_of(key) is not None))
        ]
        return keys[pick % len(keys)] if keys else None

    def partner_of(self, side: str, key: str) -> str:
        """The key that the product gave to the new partner of a record; nonsense where it made none."""
        own = "crm" if side == "erp" else "erp"
        found = Coupling.objects.filter(pair="CUSTOMER", **{f"{own}_id": key}).first()
        return str(getattr(found, f"{side}_id")) if found else f"the partner of {key}"

    def named(self, side: str, values: Values) -> Values:
        """The values by the names of this side; an amount of nothing is 0."""
        return {NAMES[side][n]: 0 if n == "credit" and v is None else v for n, v in values.items()}

    def change(self, key: str, values: Values) -> None:
        """A user's edit. No amount and 0 are the same to the reference and two values in Sales: nobody types them there."""
        row = self.reference.rows[key]
        if row.side == "crm" and values.get("credit", 1) is None:
            values = {n: v for n, v in values.items() if n != "credit"}
        if values:
            change = writes.Edit(key, self.named(row.side, values))
            writes.update(TABLES[row.side], [change], source="page").single()
            self.reference.edit(key, values)

    def settle(self) -> None:
        drain()
        assert not Job.objects.exclude(state="finished").exists(), list(
            Job.objects.values("kind", "state", "message_code")
        )

    # Rules

    @initialize()
    def pair_up(self) -> None:
        for side in ("erp", "crm", "erp", "crm"):
            self.add(side, {})
        self.couple(0, 0)
        self.run(("bidirectional", {"to", "from"}))

    @rule(side=st.sampled_from(["erp", "crm"]), values=CHANGE)
    @precondition(lambda self: len(self.reference.rows) < 12)
    def add(self, side: str, values: Values) -> None:
        written = self.named(side, values) | {"name": NAME}
        if side == "crm":
            written["customertypecode"] = 3
        key = writes.insert(TABLES[side], [written], source="page").single().pk
        self.reference.rows[key] = Row(side, {**BLANK, **values})

    @rule(pick=PICK, values=CHANGE)
    def edit(self, pick: int, values: Values) -> None:
        if key := self.some(pick):
            self.change(key, values)

    @rule(pick=PICK, mine=CHANGE, theirs=CHANGE)
    def edit_both(self, pick: int, mine: Values, theirs: Values) -> None:
        key = self.some(pick, "erp", coupled=True)
        pair = self.reference.pair_of(key) if key else None
        for side, values in ((pair.erp, mine), (pair.crm, theirs)) if pair else ():
            if self.reference.rows[side].there:
                self.change(side, values)

    @rule(pick=PICK)
    @precondition(lambda self: len(self.reference.rows) > 4)
    def delete(self, pick: int) -> None:
        if key := self.some(pick):
            writes.delete(TABLES[self.reference.rows[key].side], [(key, None)], source="page").single()
            self.reference.delete(key)

    @rule(mine=PICK, theirs=PICK)
    def couple(self, mine: int, theirs: int) -> None:
        erp, crm = self.some(mine, "erp", coupled=False), self.some(theirs, "crm", coupled=False)
        rows = self.reference.rows
        if erp and crm and self.reference.inside(rows[erp]) and self.reference.inside(rows[crm]):
            coupling_create(mapping=self.mapping(), erp_id=erp, crm_id=crm)
            self.reference.couple(erp, crm)

    @rule(pick=PICK)
    def uncouple(self, pick: int) -> None:
        if key := self.some(pick, "erp", coupled=True):
            coupling_delete(coupling=Coupling.objects.get(pair="CUSTOMER", erp_id=key))
            self.reference.uncouple(key)

    @rule(strategy=st.sampled_from(["none", "send", "get", "merge"]))
    def on_update_conflict(self, strategy: str) -> None:
        mapping_update(mapping=self.mapping(), values={"update_conflict": strategy})
        self.reference.update = strategy

    @rule(strategy=st.sampled_from(["none", "restore", "remove_coupling"]))
    def on_deletion_conflict(self, strategy: str) -> None:
        mapping_update(mapping=self.mapping(), values={"deletion_conflict": strategy})
        self.reference.deletion = strategy

    @rule(flag=st.booleans())
    def only_coupled(self, flag: bool) -> None:
        mapping_update(mapping=self.mapping(), values={"only_coupled": flag})
        self.reference.only_coupled = flag

    @rule(side=st.sampled_from(["erp", "crm"]), closed=st.booleans())
    def narrow_or_widen(self, side: str, closed: bool) -> None:
        """A filter changes, and a full run follows, as the page proposes."""
        name = NAMES[side]["line"]
        more = f",{name}=<>closed" if closed else ""
        field = "table_filter" if side == "erp" else "integration_table_filter"
        mapping_update(mapping=self.mapping(), values={field: FILTERS[side] + more})
        if closed:
            self.reference.closed[side] = "closed"
        else:
            self.reference.closed.pop(side, None)
        self.full(("bidirectional", {"to", "from"}), create=False)

    @rule(way=WAYS)
    def run(self, way: tuple[str, set[str]]) -> None:
        mapping_run(user=self.user, mapping=self.mapping(), mode="modified", direction=way[0])
        self.settle()
        self.reference.run(way[1])
        self.compare()

    @rule(way=WAYS, create=st.booleans())
    def full(self, way: tuple[str, set[str]], create: bool) -> None:
        mapping_run(user=self.user, mapping=self.mapping(), mode="full", direction=way[0], create_new=create)
        self.settle()
        self.reference.run(way[1], everything=True, create=create)
        self.compare()

    @rule(way=WAYS)
    def unconditional(self, way: tuple[str, set[str]]) -> None:
        mapping_run(user=self.user, mapping=self.mapping(), mode="full_unconditional", direction=way[0])
        self.settle()
        self.reference.run(way[1], everything=True, by_value=True)
        self.compare()

    @rule(pick=PICK, way=st.sampled_from([("to_crm", "to"), ("from_crm", "from"), ("merge", "merge")]))
    def now(self, pick: int, way: tuple[str, str]) -> None:
        key = self.some(pick, "erp", coupled=True)
        pair = self.reference.pair_of(key) if key else None
        if pair and self.reference.rows[pair.crm].there:
            sync_now(user=self.user, mapping="CUSTOMER", direction=way[0], erp_ids=[pair.erp])
            self.settle()
            self.reference.one(pair.erp, way[1])
            self.compare()

    # What must hold

    def compare(self) -> None:
        (rows, pairs), (wanted, wanted_pairs) = self.stored(), self.expected()
        wrong = {
            k: (rows.get(k), wanted.get(k), self.reference.pair_of(k))
            for k in {*rows, *wanted}
            if rows.get(k) != wanted.get(k)
        }
        assert not wrong, wrong
        assert pairs == wanted_pairs
        assert invariants.check(drain_seconds=600) == []
        stamped = model_of("crm.Account").objects.exclude(bcbi_companyid=None).values_list("pk", flat=True)
        self.reference.stamped = {str(key) for key in stamped}

    def expected(self) -> tuple[Any, Any]:
        rows = {key: row.values for key, row in self.reference.rows.items() if row.there}
        return rows, sorted((p.erp, p.crm, p.skipped) for p in self.reference.pairs)

    def stored(self) -> tuple[Any, Any]:
        rows = {}
        for side, table in TABLES.items():
            names = NAMES[side]
            for row in model_of(table).objects.filter(name=NAME).values("pk", *names.values()):
                rows[str(row["pk"])] = {n: row[names[n]] or None for n in FIELDS}
        couplings = Coupling.objects.filter(pair="CUSTOMER").values_list("erp_id", "crm_id", "skipped")
        return rows, sorted((str(e), str(c), s) for e, c, s in couplings)


@pytest.mark.model
@pytest.mark.timeout(0)
@pytest.mark.django_db
def test_the_product_does_what_the_reference_says() -> None:
    Synchronization.world, Synchronization.user = build(), make_user("salesperson")
    prepare_mapping()
    limits = settings(
        max_examples=max(1, STEPS // LENGTH),
        stateful_step_count=LENGTH,
        deadline=None,
        derandomize="MODEL_STEPS" not in os.environ,  # CI walks the same ways again; by hand they are new ones
        suppress_health_check=list(HealthCheck),
        database=None,
        phases=[Phase.generate, *([Phase.shrink] if SHRINKS else [])],
        report_multiple_bugs=False,
    )
    run_state_machine_as_test(Synchronization, settings=limits)


def prepare_mapping() -> None:
    """CUSTOMER with a name and one field of each kind; the records of the small world are out of the way."""
    with acting("admin", "setup"):
        for table in ("crm.Account", "erp.Customer"):
            keys = [(str(k), None) for k in model_of(table).objects.values_list("pk", flat=True)]
            writes.delete(table, keys, source="page")
        lines = IntegrationFieldMapping.objects.filter(mapping__name="CUSTOMER")
        names = {NAMES["erp"][n]: DIRECTION[way] for n, way in FIELDS.items()}
        lines.exclude(erp_field__in=[*names, "name", ""]).update(enabled=False)
        for name, direction in names.items():
            lines.filter(erp_field=name).update(direction=direction)
        mapping_update(
            mapping=IntegrationTableMapping.objects.get(name="CUSTOMER"),
            values={"integration_table_filter": FILTERS["crm"]},
        )
