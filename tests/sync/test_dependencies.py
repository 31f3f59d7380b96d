"""Records that refer to each other: dependency order in a run, and a second look at what had to wait."""

from __future__ import annotations

from typing import Any

import pytest

from coupling.models import Coupling, IntegrationTableMapping
from erp.models import Contact, ContactBusinessRelation, Customer
from records.schema import model_of
from records.writes import insert
from sync.jobs import cancel, drain
from sync.models import Failure, Job, OutcomeRow, Pending
from sync.services import mapping_run, mappings_run, sync_modified_all
from tests.sync.scene import Scene

pytestmark = pytest.mark.django_db


@pytest.fixture
def scene(db: Any) -> Scene:
    return Scene()


def creating(*names: str) -> None:
    """Mappings whose runs also create records."""
    IntegrationTableMapping.objects.filter(name__in=names).update(only_coupled=False)


def company_of(customer: str) -> str:
    return str(ContactBusinessRelation.objects.get(customer=customer).contact_no_id)


def new_person(scene: Scene, customer: str, surname: str) -> str:
    person = {"type": 1, "company_no": company_of(scene.customer(customer)), "first_name": "Ana", "surname": surname}
    return insert("erp.Contact", [person], source="api").single().pk


def new_sales_person(account: str, lastname: str) -> str:
    person = {"firstname": "Bo", "lastname": lastname, "parentcustomerid": account, "parentcustomeridtype": "account"}
    return insert("crm.Contact", [person], source="api").single().pk


def partner(mapping: str, **key: str) -> Coupling | None:
    return Coupling.objects.filter(pair=mapping, **key).first()


def run(scene: Scene, name: str, **options: Any) -> Job:
    mapping = IntegrationTableMapping.objects.get(name=name)
    (job,) = mapping_run(user=scene.user, mapping=mapping, **{"mode": "modified", **options}).jobs
    scene.work()
    return Job.objects.get(pk=job.pk)


def test_a_person_and_the_new_customer_go_over_in_one_run(scene: Scene) -> None:
    creating("CUSTOMER", "CONTACT")
    scene.world.customer("Northwind")
    person = new_person(scene, "Northwind", "Ek")

    sync_modified_all(user=scene.user)
    scene.work()

    account, contact = partner("CUSTOMER", erp_id=scene.customer("Northwind")), partner("CONTACT", erp_id=person)
    assert account is not None
    assert contact is not None
    assert model_of("crm.Contact").objects.get(pk=contact.crm_id).parentcustomerid_account_id == account.crm_id
    assert not OutcomeRow.objects.filter(mapping="CONTACT", action="fail").exists()


def test_a_contact_and_the_new_account_go_over_in_one_run(scene: Scene) -> None:
    creating("CUSTOMER", "CONTACT")
    scene.world.account("Tailspin")
    person = new_sales_person(scene.account("Tailspin"), "Berg")

    sync_modified_all(user=scene.user)
    scene.work()

    customer, contact = partner("CUSTOMER", crm_id=scene.account("Tailspin")), partner("CONTACT", crm_id=person)
    assert customer is not None
    assert contact is not None
    assert str(Contact.objects.get(pk=contact.erp_id).company_no_id) == company_of(str(customer.erp_id))
    assert not OutcomeRow.objects.filter(mapping="CONTACT", action="fail").exists()


@pytest.mark.parametrize("side", ["erp", "crm"])
def test_what_failed_because_its_company_came_later_is_tried_again_by_itself(scene: Scene, side: str) -> None:
    creating("CUSTOMER", "CONTACT")
    scene.world.customer("Northwind")
    scene.world.account("Tailspin")
    person = new_person(scene, "Northwind", "Ek") if side == "erp" else new_sales_person(scene.account("Tailspin"), "B")

    first = run(scene, "CONTACT")
    assert OutcomeRow.objects.get(job=first, **{f"{side}_id": person}).reason == "dependency_not_coupled"
    run(scene, "CUSTOMER")

    assert partner("CONTACT", **{f"{side}_id": person}) is not None
    assert not Failure.objects.exists()


def test_a_full_run_that_may_create_lets_its_second_pass_create_too(scene: Scene) -> None:
    person = new_person(scene, "Fabrikam", "Ek")

    run(scene, "CONTACT", mode="full", create_new=True)
    assert partner("CONTACT", erp_id=person) is None
    run(scene, "CUSTOMER", mode="full", create_new=True)

    assert partner("CONTACT", erp_id=person) is not None


def test_another_missing_record_wakes_nobody(scene: Scene) -> None:
    creating("CONTACT")
    new_person(scene, "Fabrikam", "Ek")
    run(scene, "CONTACT")
    before = Job.objects.count()

    scene.couple()

    assert Pending.objects.filter(mapping="CONTACT", reason="dependency_not_coupled").exists()
    assert Job.objects.filter(mapping="CONTACT").count() == 1
    assert Job.objects.count() == before + 1


def test_a_currency_that_is_coupled_later_heals_its_customers_without_skipping_others(scene: Scene) -> None:
    scene.couple()
    scene.couple("Fabrikam", "Litware")
    codes = {code: insert("erp.Currency", [{"code": code}], source="setup").single().pk for code in ("NOK", "SEK")}
    scene.edit_customer(currency_code=codes["NOK"])
    scene.edit_customer("Fabrikam", currency_code=codes["SEK"])
    scene.run()
    assert OutcomeRow.objects.filter(reason="dependency_not_coupled").count() == 2
    money = {"isocurrencycode": "NOK", "currencyname": "Krone", "exchangerate": 11, "currencysymbol": "kr"}
    nok = insert("crm.TransactionCurrency", [money], source="setup").single().pk

    from coupling.services.coupling import coupling_create

    coupling_create(mapping=IntegrationTableMapping.objects.get(name="CURRENCY"), erp_id=codes["NOK"], crm_id=nok)
    scene.run()

    assert scene.value("crm.Account", scene.account(), "transactioncurrencyid_id").__str__() == nok
    others = Coupling.objects.get(erp_id=scene.customer("Fabrikam"))
    assert others.error_to_crm["params"]["key"] == codes["SEK"]


def waiting_primary(scene: Scene) -> str:
    """A customer whose primary contact is not coupled yet, after a run that had to leave it out."""
    scene.couple()
    person = new_person(scene, "Adatum", "Ek")
    scene.edit_customer(primary_contact_no=person)
    scene.run()
    assert scene.value("crm.Account", scene.account(), "primarycontactid_id") is None
    return person


def test_each_waiting_record_is_given_to_one_follower_however_many_jobs_end(scene: Scene) -> None:
    person = waiting_primary(scene)
    contact = IntegrationTableMapping.objects.get(name="CONTACT")
    mapping_run(user=scene.user, mapping=contact, mode="full", create_new=True, direction="to_crm")
    while not Job.objects.filter(mapping="CONTACT", state="finished").exists():
        drain_one()
    (follower,) = Job.objects.filter(mapping="CUSTOMER", state="ready")

    for name in ("CURRENCY", "PAYMENT TERMS"):  # other jobs end while the follower waits
        mapping_run(user=scene.user, mapping=IntegrationTableMapping.objects.get(name=name), mode="modified")
        only = str(Job.objects.get(mapping=name, state="ready").pk)
        drain(only=only)
        assert Job.objects.get(pk=only).state == "finished"
    assert list(Job.objects.filter(mapping="CUSTOMER", state="ready")) == [follower]

    scene.work()
    assert partner("CONTACT", erp_id=person) is not None
    assert not Job.objects.filter(caused_by=follower.pk).exists()
    assert not Pending.objects.filter(reason="dependency").exists()


def drain_one() -> None:
    from sync.jobs import run_one

    assert run_one()


def test_a_follower_that_is_cancelled_leaves_its_records_to_the_next_run(scene: Scene) -> None:
    waiting_primary(scene)
    contact = IntegrationTableMapping.objects.get(name="CONTACT")
    mapping_run(user=scene.user, mapping=contact, mode="full", create_new=True, direction="to_crm")
    while not Job.objects.filter(mapping="CONTACT", state="finished").exists():
        drain_one()
    cancel(Job.objects.get(mapping="CUSTOMER", state="ready"))
    assert Pending.objects.get(reason="dependency").mapping == "CUSTOMER"

    scene.run()

    assert scene.value("crm.Account", scene.account(), "primarycontactid_id") is not None
    assert not Pending.objects.filter(reason="dependency").exists()


def test_a_primary_contact_of_sales_reaches_the_customer_when_the_contact_does(scene: Scene) -> None:
    scene.couple()
    person = new_sales_person(scene.account(), "Berg")
    scene.edit_account(primarycontactid=person)
    scene.run()
    assert Customer.objects.get(pk=scene.customer()).primary_contact_no_id is None

    scene.edit_customer(city="Torino")  # the customer changes meanwhile: its blank field takes nothing away
    scene.run()
    assert str(scene.value("crm.Account", scene.account(), "primarycontactid_id")) == person

    run(scene, "CONTACT", mode="full", create_new=True, direction="from_crm")

    made = partner("CONTACT", crm_id=person)
    assert made is not None
    assert Customer.objects.get(pk=scene.customer()).primary_contact_no_id == made.erp_id
    assert str(scene.value("crm.Account", scene.account(), "primarycontactid_id")) == person


def test_several_mappings_run_in_dependency_order_whatever_their_names(scene: Scene) -> None:
    found = list(IntegrationTableMapping.objects.filter(name__in=["CONTACT", "CUSTOMER"]).order_by("name"))

    jobs = {job.mapping: job for job in mappings_run(user=scene.user, mappings=found, mode="modified").jobs}

    assert jobs["CONTACT"].after == [str(jobs["CUSTOMER"].pk)]
    assert jobs["CUSTOMER"].after == []
    assert jobs["CONTACT"].run_id == jobs["CUSTOMER"].run_id
