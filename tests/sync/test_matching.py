"""Match-based coupling as a job: the SQL for whole tables, filters, log rows, what happens beside it."""

from __future__ import annotations

import random
from typing import Any

import pytest

from coupling.matching import Candidate, Criterion, groups, match
from coupling.models import Coupling, OptionMapping
from coupling.services.coupling import coupling_create
from records.schema import model_of
from records.writes import insert
from sync.jobs import drain, run_one
from sync.models import Chunk, Job, Match, OutcomeRow
from sync.services import mapping_match
from tests.coupling.world import World, add, build

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(db: Any) -> World:
    return build()


def criteria(world: World, mapping: str = "CUSTOMER", /, **fields: dict[str, Any]) -> None:
    """These fields decide: `name={"priority": 1, "case_sensitive": True}`."""
    lines = world.mapping(mapping).lines
    lines.update(match=False)
    for field, more in fields.items():
        lines.filter(erp_field=field).update(match=True, **{f"match_{name}": value for name, value in more.items()})


def start(user: Any, world: World, mapping: str = "CUSTOMER", **options: Any) -> Job:
    (job,) = mapping_match(user=user, mapping=world.mapping(mapping), **{"synchronize_after": False, **options}).jobs
    return job


def run(user: Any, world: World, mapping: str = "CUSTOMER", **options: Any) -> Job:
    job = start(user, world, mapping, **options)
    drain()
    return Job.objects.get(pk=job.pk)


def told(job: Job) -> dict[str, tuple[str, str]]:
    """ERP record -> what became of it."""
    return {str(r.erp_id): (r.action, r.reason) for r in OutcomeRow.objects.filter(job=job)}


def pairs() -> dict[str, str]:
    return {str(c.erp_id): str(c.crm_id) for c in Coupling.objects.filter(pair="CUSTOMER")}


def test_the_sql_for_whole_tables_decides_as_the_rule_does(world: World, salesperson) -> None:
    """Few different values, so that everything happens: blanks, doubles, coupled rows, several groups."""
    chance = random.Random(7)
    names = [f"{word}{n}{end}" for n in range(14) for word, end in (("Ål", ""), ("ÅL", " "))]
    mails, cities = ["", "", *(f"{word}{n}@x.se" for n in range(12) for word in "aA")], ["", "Rom", "ROM"]
    for _ in range(40):
        add("erp.Customer", name=chance.choice(names), city=chance.choice(cities), e_mail=chance.choice(mails))
        add("crm.Account", name=chance.choice(names), customertypecode=3, emailaddress1=chance.choice(mails) or None,
            address1_city=chance.choice(cities) or None)  # fmt: skip
    accounts = [str(pk) for pk in model_of("crm.Account").objects.values_list("pk", flat=True)]
    for customer in world.customers.values():
        Coupling.objects.create(pair="CUSTOMER", erp_id=customer, crm_id=accounts.pop(chance.randrange(len(accounts))))
    criteria(world, name={}, city={}, e_mail={"priority": 2, "case_sensitive": True})
    expected = expectation()

    job = run(salesperson, world)

    assert told(job) == {key: ("couple" if v.partner else "fail", v.reason) for key, v in expected.items()}
    coupled = {key: v.partner for key, v in expected.items() if v.partner}
    assert {key: value for key, value in pairs().items() if key in expected} == coupled
    assert {reason for _action, reason in told(job).values()} == {
        "matched", "no_match", "ambiguous_match", "already_coupled"
    }  # fmt: skip


def expectation() -> dict[str, Any]:
    """What the rule says of the tables as they are."""
    held = {str(crm): str(erp) for erp, crm in Coupling.objects.values_list("erp_id", "crm_id")}
    customers = model_of("erp.Customer").objects.exclude(pk__in=held.values()).order_by("no")
    lines = [Criterion("name", "name"), Criterion("city", "address1_city"),
             Criterion("e_mail", "emailaddress1", case_sensitive=True, priority=2)]  # fmt: skip
    fields = [line.crm_field for line in lines]
    rows = [
        Candidate(str(a.pk), {f: getattr(a, f) for f in fields}, held.get(str(a.pk)))
        for a in model_of("crm.Account").objects.all()
    ]
    return match(
        {str(c.pk): {line.key: getattr(c, line.key) for line in lines} for c in customers}, groups(lines), rows
    )


def test_the_filters_of_both_sides_hold(world: World, salesperson) -> None:
    world.customer("Blocked", blocked=3)
    world.account("Blocked")
    world.customer("Supplier")
    world.account("Supplier", customertypecode=10)
    criteria(world, name={})

    job = run(salesperson, world)

    outcomes = told(job)
    assert world.customers["Blocked"] not in outcomes
    assert outcomes[world.customers["Supplier"]] == ("fail", "no_match")
    assert world.accounts["Blocked"] not in pairs().values()


def test_a_value_without_counterpart_is_no_blank(db: Any, salesperson) -> None:
    """The salesperson is not coupled: the record must not match by its name alone."""
    world = build(ownership="person")
    code = add("erp.SalespersonPurchaser", code="XX", name="Xenia")
    model_of("erp.Customer").objects.filter(pk=world.customers["Adatum"]).update(salesperson_code=code)
    criteria(world, name={}, salesperson_code={})

    assert told(run(salesperson, world))[world.customers["Adatum"]] == ("fail", "no_match")
    criteria(world, name={})
    assert told(run(salesperson, world))[world.customers["Adatum"]] == ("couple", "matched")


def test_who_has_the_only_candidate_is_said(world: World, salesperson) -> None:
    second = world.customer("ADATUM")
    criteria(world, name={})

    job = run(salesperson, world)

    row = OutcomeRow.objects.get(job=job, erp_id=second)
    assert (row.reason, row.params["record"]) == ("already_coupled", "Adatum")
    assert row.params["partner"].endswith("Adatum")
    assert row.params["candidates"] == [{"crm_id": world.accounts["Adatum"], "name": "Adatum"}]


def test_a_preview_says_what_the_run_then_does(world: World, salesperson) -> None:
    world.customer("Twin")
    world.account("Twin")
    world.account("twin")
    criteria(world, name={})

    preview = run(salesperson, world, preview=True, create_new=True)
    assert not pairs()
    real = run(salesperson, world, create_new=True)

    assert told(preview) == told(real)
    assert preview.counters == real.counters
    assert (real.total, real.processed) == (3, 3)
    assert not Match.objects.exists(), "what was found is forgotten when the job has ended"


def test_small_chunks_decide_as_one(world: World, salesperson, settings) -> None:
    """A row that two records equal is given once, whichever chunk comes first."""
    settings.SYNC_CHUNK_SIZE = settings.SYNC_CHUNK_LEAST = 1
    second = world.customer("adatum")
    criteria(world, name={})
    job = start(salesperson, world)
    run_one()
    *first, last = Chunk.objects.filter(job=job, spec__take="matches").order_by("id").values_list("pk", flat=True)
    Chunk.objects.filter(pk__in=first).update(priority=1)
    Chunk.objects.filter(pk=last).update(priority=0)
    drain()

    assert told(Job.objects.get(pk=job.pk))[second] == ("fail", "already_coupled")
    assert pairs() == {world.customers["Adatum"]: world.accounts["Adatum"]}


def test_who_couples_by_hand_between_finding_and_coupling_wins(world: World, salesperson) -> None:
    criteria(world, name={})
    job = start(salesperson, world)
    run_one()
    coupling_create(
        mapping=world.mapping("CUSTOMER"), erp_id=world.customers["Adatum"], crm_id=world.accounts["Litware"]
    )

    drain()

    assert pairs() == {world.customers["Adatum"]: world.accounts["Litware"]}
    assert told(job)[world.customers["Adatum"]] == ("fail", "already_coupled")


def test_a_record_that_was_deleted_between_finding_and_coupling_is_left_out(world: World, salesperson) -> None:
    criteria(world, name={})
    job = start(salesperson, world)
    run_one()
    model_of("crm.Account").objects.filter(pk=world.accounts["Adatum"]).delete()

    drain()

    assert not pairs()
    assert told(job)[world.customers["Adatum"]] == ("fail", "version_conflict")


def test_named_records_only(world: World, salesperson) -> None:
    world.account("Fabrikam")
    criteria(world, name={})

    job = run(salesperson, world, erp_ids=[world.customers["Fabrikam"]])

    assert list(told(job)) == [world.customers["Fabrikam"]]
    assert (job.kind, job.total) == ("coupling", 1)


def test_codes_are_matched_with_the_labels_of_options(world: World, salesperson) -> None:
    code = add("erp.PaymentTerms", code="30TEST", description="x")
    blank = add("erp.PaymentTerms", code="NOWHERE", description="x")
    values = {"entityname": "account", "attributename": "paymenttermscode", "value": 100000777, "label": "30test"}
    key = insert("crm.OptionValue", [values], source="api").single().pk
    option = model_of("crm.OptionValue").objects.get(pk=key)

    preview = run(salesperson, world, "PAYMENT TERMS", preview=True, create_new=False)
    assert not OptionMapping.objects.filter(erp_id=code).exists()
    job = run(salesperson, world, "PAYMENT TERMS", create_new=False)

    assert told(preview) == told(job)
    assert told(job)[code] == ("couple", "matched")
    assert told(job)[blank] == ("fail", "no_match")
    made = OptionMapping.objects.get(erp_id=code)
    assert (made.option_value, made.label) == (option.value, option.label)


def rows_told(job: Job) -> set[tuple[str, str, str, str]]:
    return {
        (r.erp_key, r.crm_name, r.action, r.reason) for r in OutcomeRow.objects.filter(job=job)
    }  # fmt: skip


def test_chosen_rows_of_the_sales_side_are_matched_among_all(world: World, salesperson) -> None:
    criteria(world, name={})
    number = dict(model_of("erp.Customer").objects.values_list("name", "no"))
    chosen = [world.accounts[name] for name in ("Adatum", "Litware")]
    twice = [world.account("Fabrikam"), world.account("Fabrikam")]
    coupled = world.account("Contoso")
    coupling_create(mapping=world.mapping("CUSTOMER"), erp_id=world.customer("Contoso"), crm_id=coupled)
    outside = world.account("Outside", customertypecode=11)

    shown = run(salesperson, world, crm_ids=[*chosen, twice[0], coupled, outside], preview=True)
    job = run(salesperson, world, crm_ids=[*chosen, twice[0], coupled, outside])

    told_of = {
        (number["Adatum"], "Adatum", "couple", "matched"),
        (number["Fabrikam"], "", "fail", "ambiguous_match"),
        ("", "Litware", "fail", "no_match"),
    }
    assert rows_told(job) == rows_told(shown) == told_of, "the twin that was not chosen makes a choice impossible, too"
    assert (job.total, job.counters[""]["coupled"], job.counters[""]["failed"]) == (3, 1, 2)
    assert pairs()[world.customers["Adatum"]] == world.accounts["Adatum"]


def test_rows_of_the_sales_side_without_a_match_are_created_in_the_erp(world: World, salesperson) -> None:
    criteria(world, name={})

    job = run(salesperson, world, crm_ids=[world.accounts["Litware"]], create_new=True)

    assert rows_told(job) == {("", "Litware", "skip", "no_match")}
    assert model_of("erp.Customer").objects.filter(name="Litware").count() == 1
    assert world.accounts["Litware"] in pairs().values()
