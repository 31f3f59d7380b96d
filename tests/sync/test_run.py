"""Jobs with the real engine, over customers and accounts."""

from __future__ import annotations

from typing import Any

import pytest
from django.db.models import F

from coupling.models import Coupling, IntegrationTableMapping
from coupling.soundness import recreates_deleted
from records import writes
from records.schema import model_of
from sync.jobs import drain
from sync.models import ChangeLog, Job, OutcomeRow, Pending
from sync.services import job_undo, mapping_match, mapping_run, mapping_uncouple, sync_now
from tests.coupling.world import World, build

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(db: Any) -> World:
    return build()


def mapping() -> IntegrationTableMapping:
    return IntegrationTableMapping.objects.get(name="CUSTOMER")


def run(user: Any, mode: str = "modified", **options: Any) -> Job:
    (job,) = mapping_run(user=user, mapping=mapping(), mode=mode, **options).jobs
    drain()
    return Job.objects.get(pk=job.pk)


def counts(job: Job, direction: str = "to_crm") -> dict[str, int]:
    return {name: n for name, n in job.counters[direction].items() if n}


def test_a_full_run_that_creates_couples_everything_once(world: World, salesperson) -> None:
    customers = model_of("erp.Customer").objects.filter(blocked=0).count()

    job = run(salesperson, "full", create_new=True, direction="to_crm")
    assert (job.state, counts(job)) == ("finished", {"inserted": customers})
    assert Coupling.objects.filter(pair="CUSTOMER").count() == customers

    again = run(salesperson, "full", create_new=True)
    assert counts(again) == {"unchanged": customers}


def test_modified_takes_what_waits_and_only_that(world: World, salesperson) -> None:
    run(salesperson, "full", create_new=True, direction="to_crm")
    edit("erp.Customer", world.customers["Adatum"], city="Milano")

    job = run(salesperson)

    assert (counts(job), counts(job, "from_crm")) == ({"modified": 1}, {})
    assert partner(world.customers["Adatum"]).address1_city == "Milano"
    assert not Pending.objects.filter(mapping="CUSTOMER").exists()
    assert not ChangeLog.objects.filter(label__in=["erp.Customer", "crm.Account"]).exists()


def test_a_run_of_one_direction_leaves_the_other_sides_changes_waiting(world: World, salesperson) -> None:
    run(salesperson, "full", create_new=True, direction="to_crm")
    account = str(partner(world.customers["Adatum"]).pk)
    edit("crm.Account", account, address1_city="Torino")

    assert counts(run(salesperson, direction="to_crm")) == {}
    assert Pending.objects.filter(mapping="CUSTOMER", side="crm", record=account).exists()

    assert counts(run(salesperson, direction="from_crm"), "from_crm") == {"modified": 1}


def test_a_deleted_account_is_noticed_by_a_run_towards_crm(world: World, salesperson) -> None:
    run(salesperson, "full", create_new=True, direction="to_crm")
    writes.delete("crm.Account", [(str(partner(world.customers["Adatum"]).pk), None)], source="page").single()

    job = run(salesperson, direction="to_crm")

    assert counts(job) == {"failed": 1}
    assert OutcomeRow.objects.get(job=job).reason == "destination_deleted"


def test_a_full_run_notices_what_was_deleted_too(world: World, salesperson) -> None:
    run(salesperson, "full", create_new=True, direction="to_crm")
    IntegrationTableMapping.objects.filter(name="CUSTOMER").update(deletion_conflict="remove_coupling")
    account = partner(world.customers["Adatum"])
    writes.delete("crm.Account", [(str(account.pk), None)], source="page").single()

    job = run(salesperson, "full")

    assert counts(job)["uncoupled"] == 1
    assert not Coupling.objects.filter(erp_id=world.customers["Adatum"]).exists()


def test_what_deletes_couplings_and_creates_makes_deleted_records_again(world: World, salesperson) -> None:
    """As Business Central does; the mapping warns of it."""
    run(salesperson, "full", create_new=True, direction="to_crm")
    settings = {"deletion_conflict": "remove_coupling", "only_coupled": False}
    IntegrationTableMapping.objects.filter(name="CUSTOMER").update(**settings)
    account = partner(world.customers["Adatum"])
    writes.delete("crm.Account", [(str(account.pk), None)], source="page").single()
    assert recreates_deleted(mapping())

    assert counts(run(salesperson, "full"))["uncoupled"] == 1
    assert counts(run(salesperson, "full"))["inserted"] == 1

    assert partner(world.customers["Adatum"]).pk != account.pk


def test_preview_counts_and_shows_and_writes_nothing_else(world: World, salesperson) -> None:
    run(salesperson, "full", create_new=True, direction="to_crm")
    edit("erp.Customer", world.customers["Adatum"], city="Milano")

    shown = run(salesperson, preview=True)

    assert (shown.state, counts(shown)) == ("finished", {"modified": 1})
    assert OutcomeRow.objects.get(job=shown).changes == {"crm": {"address1_city": ["Roma", "Milano"]}}
    assert partner(world.customers["Adatum"]).address1_city == "Roma"
    assert Pending.objects.filter(mapping="CUSTOMER", side="erp").count() == 1


def test_synchronize_now_names_what_it_leaves_out(world: World, salesperson) -> None:
    adatum, fabrikam = world.customers["Adatum"], world.customers["Fabrikam"]
    run(salesperson, "full", create_new=True, direction="to_crm")
    contoso, blocked = world.customer("Contoso"), world.customer("Blocked")
    edit("erp.Customer", blocked, blocked=3)
    Coupling.objects.filter(erp_id=fabrikam).update(skipped=True)
    missing = "00000000-0000-7000-8000-000000000099"

    started = sync_now(
        user=salesperson,
        mapping="CUSTOMER",
        direction="to_crm",
        erp_ids=[adatum, fabrikam, contoso, blocked, missing],
        create_new=False,
    )

    assert started.scheduled == 1
    assert {left.id: left.code for left in started.skipped} == {
        fabrikam: "skipped_coupling",
        contoso: "not_coupled",
        blocked: "not_coupled",
    }
    assert [(left.id, left.code) for left in started.failed] == [(missing, "record_missing")]


def test_in_a_selection_a_changed_destination_is_left_out_until_it_was_seen(world: World, salesperson) -> None:
    run(salesperson, "full", create_new=True, direction="to_crm")
    ids = list(world.customers.values())
    account = partner(ids[0])
    edit("crm.Account", str(account.pk), telephone1="changed")

    first = sync_now(user=salesperson, mapping="CUSTOMER", direction="to_crm", erp_ids=ids)
    assert [(left.id, left.code) for left in first.skipped] == [(ids[0], "destination_changed")]

    seen = {str(account.pk): account.row_version + 1}
    second = sync_now(user=salesperson, mapping="CUSTOMER", direction="to_crm", erp_ids=ids, expected_versions=seen)
    drain()
    assert (second.skipped, second.scheduled) == ([], 2)
    assert not partner(ids[0]).telephone1

    stale = sync_now(user=salesperson, mapping="CUSTOMER", direction="to_crm", erp_ids=ids, expected_versions=seen)
    assert [(left.id, left.code) for left in stale.skipped] == [(ids[0], "version_conflict")]


def test_for_one_record_the_chosen_side_wins(world: World, salesperson) -> None:
    adatum = world.customers["Adatum"]
    run(salesperson, "full", create_new=True, direction="to_crm")
    edit("crm.Account", str(partner(adatum).pk), address1_city="Torino")
    edit("erp.Customer", adatum, city="Napoli")

    started = sync_now(user=salesperson, mapping="CUSTOMER", direction="from_crm", erp_ids=[adatum])
    drain()

    assert started.jobs[0].kind == "single"
    assert model_of("erp.Customer").objects.get(pk=adatum).city == "Torino"


def test_undo_restores_what_a_run_overwrote_and_stays_undone(world: World, salesperson) -> None:
    adatum = world.customers["Adatum"]
    run(salesperson, "full", create_new=True, direction="to_crm")
    edit("erp.Customer", adatum, city="Milano", phone_no="1")
    job = run(salesperson)

    undo = job_undo(user=salesperson, job=job).jobs[0]
    drain()

    undo.refresh_from_db()
    assert (undo.state, counts(undo, "")) == ("finished", {"modified": 1})
    account = partner(adatum)
    assert (account.address1_city, account.telephone1) == ("Roma", None)
    assert counts(run(salesperson)) == {}
    assert counts(run(salesperson, "full")) == {"unchanged": 2}


def test_undo_leaves_alone_what_was_changed_since(world: World, salesperson) -> None:
    adatum = world.customers["Adatum"]
    run(salesperson, "full", create_new=True, direction="to_crm")
    edit("erp.Customer", adatum, city="Milano")
    job = run(salesperson)
    edit("crm.Account", str(partner(adatum).pk), address1_city="Torino")

    undo = job_undo(user=salesperson, job=job).jobs[0]
    drain()

    undo.refresh_from_db()
    assert counts(undo, "") == {"failed": 1}
    assert partner(adatum).address1_city == "Torino"


def test_undo_of_a_creation_removes_the_records_and_their_couplings(world: World, salesperson) -> None:
    before = model_of("crm.Account").objects.count()
    job = run(salesperson, "full", create_new=True, direction="to_crm")
    assert model_of("crm.Account").objects.count() == before + 2

    undo = job_undo(user=salesperson, job=job).jobs[0]
    drain()

    undo.refresh_from_db()
    assert counts(undo, "") == {"deleted": 2}
    assert model_of("crm.Account").objects.count() == before
    assert not Coupling.objects.filter(pair="CUSTOMER").exists()


def test_matching_couples_the_only_candidate_and_tells_why_not_otherwise(world: World, salesperson) -> None:
    match_by("name")
    world.account("Fabrikam")
    world.account("FABRIKAM ")
    world.customer("Nobody")

    (job,) = mapping_match(user=salesperson, mapping=mapping(), synchronize_after=False).jobs
    drain()

    job.refresh_from_db()
    assert (job.state, counts(job, "")) == ("finished", {"coupled": 1, "failed": 2})
    coupling = Coupling.objects.get(pair="CUSTOMER")
    assert (str(coupling.erp_id), str(coupling.crm_id)) == (world.customers["Adatum"], world.accounts["Adatum"])
    reasons = dict(OutcomeRow.objects.filter(job=job, action="fail").values_list("reason", "params__count"))
    assert reasons == {"ambiguous_match": 2, "no_match": 0}


def test_a_candidate_that_is_coupled_already_is_named(world: World, salesperson) -> None:
    match_by("name")
    adatum = world.customers["Adatum"]
    Coupling.objects.create(pair="CUSTOMER", erp_id=world.customer("Adatum"), crm_id=world.accounts["Adatum"])

    (job,) = mapping_match(user=salesperson, mapping=mapping(), erp_ids=[adatum], synchronize_after=False).jobs
    drain()

    row = OutcomeRow.objects.get(job=job)
    assert (row.action, row.reason) == ("fail", "already_coupled")
    assert row.params["candidates"][0]["crm_id"] == world.accounts["Adatum"]


def test_matching_creates_and_synchronizes_where_that_is_asked(world: World, salesperson) -> None:
    match_by("name")

    (job,) = mapping_match(user=salesperson, mapping=mapping(), create_new=True, synchronize_after=True).jobs
    drain()

    job.refresh_from_db()
    assert counts(job, "") == {"coupled": 1, "skipped": 1}
    followers = {f.direction: f for f in Job.objects.filter(caused_by=job.pk)}
    assert counts(followers["to_crm"]) == {"inserted": 1}
    assert partner(world.customers["Fabrikam"]).name == "Fabrikam"
    assert followers["bidirectional"].state == "finished"


def test_matching_without_criteria_says_so(world: World, salesperson) -> None:
    (job,) = mapping_match(user=salesperson, mapping=mapping()).jobs
    drain()

    job.refresh_from_db()
    assert (job.state, job.message_code) == ("failed", "no_criteria")


def test_a_preview_of_matching_couples_nothing(world: World, salesperson) -> None:
    match_by("name")

    (job,) = mapping_match(user=salesperson, mapping=mapping(), preview=True).jobs
    drain()

    job.refresh_from_db()
    assert counts(job, "")["coupled"] == 1
    assert not Coupling.objects.filter(pair="CUSTOMER").exists()


def test_uncoupling_a_mapping_removes_its_couplings_and_undo_brings_them_back(world: World, salesperson) -> None:
    run(salesperson, "full", create_new=True, direction="to_crm")

    (job,) = mapping_uncouple(user=salesperson, mapping=mapping()).jobs
    drain()
    job.refresh_from_db()
    assert (job.state, counts(job, "")) == ("finished", {"uncoupled": 2})
    assert not Coupling.objects.filter(pair="CUSTOMER").exists()
    assert model_of("crm.Account").objects.count() == 5

    job_undo(user=salesperson, job=job)
    drain()
    assert Coupling.objects.filter(pair="CUSTOMER").count() == 2


def edit(label: str, pk: str, **values: Any) -> None:
    writes.update(label, [writes.Edit(pk, values)], source="page").single()


def partner(customer: str) -> Any:
    coupling = Coupling.objects.get(pair="CUSTOMER", erp_id=customer)
    return model_of("crm.Account").objects.get(pk=coupling.crm_id)


def match_by(*fields: str) -> None:
    mapping().lines.filter(erp_field__in=fields).update(match=True)


def test_what_waited_for_a_partner_gets_a_second_pass(world: World, salesperson) -> None:
    """A customer goes over without its primary contact; when the contact is coupled it is looked at again by itself."""
    adatum = world.customers["Adatum"]
    company = model_of("erp.ContactBusinessRelation").objects.get(customer_id=adatum).contact_no_id
    person = (
        writes.insert("erp.Contact", [{"type": 1, "name": "Anna Berg", "company_no": str(company)}], source="page")
        .single()
        .pk
    )
    edit("erp.Customer", adatum, primary_contact_no=person)
    run(salesperson, "full", create_new=True, direction="to_crm")
    assert partner(adatum).primarycontactid_id is None

    started = sync_now(user=salesperson, mapping="CONTACT", direction="to_crm", erp_ids=[person], create_new=True)
    drain()

    (second,) = Job.objects.filter(caused_by=started.jobs[0].pk)
    assert (second.mapping, second.kind, second.state) == ("CUSTOMER", "single", "finished")
    contact = Coupling.objects.get(pair="CONTACT", erp_id=person).crm_id
    assert partner(adatum).primarycontactid_id == contact
    assert not Pending.objects.filter(reason="dependency").exists()


@pytest.mark.parametrize("direction", ["to_crm", "bidirectional"])
def test_a_deletion_that_is_refused_fails_once_per_job(world: World, salesperson, direction: str) -> None:
    """A full run comes across the pair from its living side, and must not take it for a second failure at the end."""
    run(salesperson, "full", create_new=True, direction="to_crm")
    writes.delete("crm.Account", [(str(partner(world.customers["Adatum"]).pk), None)], source="page").single()

    job = run(salesperson, "full", direction=direction)

    assert counts(job)["failed"] == 1
    assert not Coupling.objects.get(erp_id=world.customers["Adatum"]).skipped


def test_what_the_first_pass_of_a_full_run_puts_back_still_waits_after_the_second(world: World, salesperson) -> None:
    run(salesperson, "full", create_new=True, direction="to_crm")
    account = partner(world.customers["Adatum"])
    edit("crm.Account", str(account.pk), address1_city="Torino")
    edit("erp.Customer", world.customers["Adatum"], city="Napoli")

    assert counts(run(salesperson, "full"))["failed"] == 1

    waiting = Pending.objects.filter(mapping="CUSTOMER", reason="update_conflict")
    assert set(waiting.values_list("side", flat=True)) == {"erp", "crm"}


def test_a_deletion_that_a_full_run_of_the_other_direction_passes_by_is_noticed_by_the_next(
    world: World, salesperson
) -> None:
    run(salesperson, "full", create_new=True, direction="to_crm")
    adatum = world.customers["Adatum"]
    writes.delete("erp.Customer", [(adatum, None)], source="page").single()

    run(salesperson, "full", direction="to_crm")

    assert counts(run(salesperson), "from_crm") == {"failed": 1}
    assert Coupling.objects.get(erp_id=adatum).broken


def test_a_record_that_a_run_lets_into_its_filter_still_has_its_own_changes_to_carry(world: World, salesperson) -> None:
    """The account wins and its city opens the filter again; the customer's own new credit limit must not be forgotten."""
    run(salesperson, "full", create_new=True, direction="to_crm")
    adatum = world.customers["Adatum"]
    IntegrationTableMapping.objects.filter(name="CUSTOMER").update(
        update_conflict="get", table_filter="city=<>Napoli", version=F("version") + 1
    )
    edit("erp.Customer", adatum, city="Napoli", credit_limit_lcy=5)
    edit("crm.Account", str(partner(adatum).pk), address1_city="Torino")

    run(salesperson, "full")
    run(salesperson)

    assert (partner(adatum).address1_city, partner(adatum).creditlimit) == ("Torino", 5)
