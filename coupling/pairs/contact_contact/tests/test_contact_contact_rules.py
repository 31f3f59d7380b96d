"""CONTACT: its rules, through real runs of the engine."""

from __future__ import annotations

from coupling.installation import installation
from coupling.models import Coupling
from crm.models import Contact as CrmContact
from erp.models import Contact, Customer
from records.writes import Edit, update
from tests.coupling.runs import account_of, company_contact, outcomes, person, run
from tests.coupling.world import World, add


def test_a_person_goes_to_the_account_of_its_company(running: World) -> None:
    maria = person(running, "Adatum", first_name="Maria", surname="Rossi")
    run("CUSTOMER", direction="to_crm")

    run("CONTACT", direction="to_crm")

    contact = CrmContact.objects.get(pk=Coupling.objects.get(pair="CONTACT", erp_id=maria).crm_id)
    assert str(contact.parentcustomerid) == str(account_of(running, "Adatum").pk)
    assert contact.fullname == "Maria Rossi"
    assert str(contact.bcbi_companyid_id) == installation().company_id


def test_a_new_person_becomes_primary_contact_without_echo(running: World) -> None:
    maria = person(running, "Adatum", first_name="Maria", surname="Rossi")
    run("CUSTOMER", direction="to_crm")

    run("CONTACT", direction="to_crm")

    account = account_of(running, "Adatum")
    assert str(account.primarycontactid_id) == str(Coupling.objects.get(pair="CONTACT", erp_id=maria).crm_id)
    assert Coupling.objects.get(pair="CUSTOMER", crm_id=account.pk).crm_version == account.row_version


def test_only_the_customers_own_primary_contact_becomes_the_accounts(running: World) -> None:
    person(running, "Adatum", first_name="Anna", surname="Bianchi")
    maria = person(running, "Adatum", first_name="Maria", surname="Rossi")
    update(Customer, [Edit(running.customers["Adatum"], {"primary_contact_no": maria})], source="api").single()
    run("CUSTOMER", direction="to_crm")
    before = account_of(running, "Adatum").row_version

    run("CONTACT", direction="to_crm")

    assert account_of(running, "Adatum").row_version == before + 1, "nobody else was it for a moment"
    partner = str(Coupling.objects.get(pair="CONTACT", erp_id=maria).crm_id)
    assert str(account_of(running, "Adatum").primarycontactid_id) == partner
    run("CUSTOMER", direction="bidirectional")
    assert str(account_of(running, "Adatum").primarycontactid_id) == partner
    assert str(Customer.objects.get(pk=running.customers["Adatum"]).primary_contact_no_id) == maria


def test_a_person_of_an_uncoupled_company_waits(running: World) -> None:
    person(running, "Adatum", first_name="Maria", surname="Rossi")

    run("CONTACT", direction="to_crm")

    assert outcomes("CONTACT") == [("to_crm", "fail", "dependency_not_coupled")]
    assert not Coupling.objects.filter(pair="CONTACT").exists()


def test_a_person_without_a_customer_fails(running: World) -> None:
    company = add("erp.Contact", type=0, name="Prospect")
    add("erp.Contact", type=1, company_no=company, first_name="No", surname="Body")

    run("CONTACT", direction="to_crm")

    assert ("to_crm", "fail", "contact_without_relation") in outcomes("CONTACT")


def test_a_crm_person_joins_the_company_of_its_account(running: World) -> None:
    run("CUSTOMER", direction="to_crm")
    account = account_of(running, "Adatum")
    key = add(
        "crm.Contact",
        firstname="Luca",
        lastname="Verdi",
        parentcustomerid=str(account.pk),
        parentcustomeridtype="account",
    )

    run("CONTACT", direction="from_crm")

    contact = Contact.objects.get(pk=Coupling.objects.get(pair="CONTACT", crm_id=key).erp_id)
    assert str(contact.company_no_id) == company_contact(running.customers["Adatum"])
    assert (contact.type, contact.company_name, contact.name) == (1, "Adatum", "Luca Verdi")
    customer = Customer.objects.get(pk=running.customers["Adatum"])
    assert str(customer.primary_contact_no_id) == str(contact.pk)
    assert customer.contact == "Luca Verdi"


def test_a_crm_person_of_an_uncoupled_account_waits(running: World) -> None:
    add("crm.Contact", lastname="Verdi", parentcustomerid=running.accounts["Litware"], parentcustomeridtype="account")

    run("CONTACT", direction="from_crm")

    assert outcomes("CONTACT") == [("from_crm", "fail", "dependency_not_coupled")]
