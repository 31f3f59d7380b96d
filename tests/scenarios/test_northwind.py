"""Northwind, real data with accents, the word NULL, commas in addresses, odd phone numbers and country names."""

from __future__ import annotations

import csv
import os
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from coupling.models import Connection, Coupling, IntegrationTableMapping
from coupling.services.connection import connection_enable
from crm.models import Account
from erp.models import Customer
from erp.selectors.country import resolve_countries
from people.models import User
from records import db
from records.actor import acting
from records.writes import Edit, update
from sync.jobs import drain
from sync.models import Job, OutcomeRow, Pending
from sync.services import mapping_run
from tests.cast import make_user

DATASETS = Path(os.environ.get("TANDEM_DATASETS") or Path(__file__).parents[3] / "shared" / "data")
CUSTOMERS = DATASETS / "northwind" / "customers.csv"
BAD = DATASETS / "bad-input" / "customers-unquoted-commas.csv"
COLUMNS = {
    "customer_id": "no", "company_name": "name", "contact_name": "contact", "address": "address", "city": "city",
    "region": "county", "postal_code": "post_code", "country": "country_region_code", "phone": "phone_no",
    "fax": "fax_no",
}  # fmt: skip
ACCOUNT = {
    "company_name": "name", "contact_name": "address1_primarycontactname", "address": "address1_line1",
    "city": "address1_city", "region": "address1_stateorprovince", "postal_code": "address1_postalcode",
    "phone": "telephone1", "fax": "fax",
}  # fmt: skip

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(
        not CUSTOMERS.exists(), reason=f"DATA SETS MISSING: {DATASETS} has no northwind/customers.csv (TANDEM_DATASETS)"
    ),
]


@pytest.fixture
def installed(db: Any) -> User:
    """An installation without demo data, connected; the salesperson of the cast."""
    call_command("setup_installation", "--no-demo-data")
    if not Connection.load().enabled:
        connection_enable(install_defaults=True)
    return make_user("admin")


BAD_COLUMNS = {
    "customerID": "no", "companyName": "name", "contactName": "contact", "address": "address", "city": "city",
    "region": "county", "postalCode": "post_code", "country": "country_region_code", "phone": "phone_no", "fax": "fax_no",
}  # fmt: skip


def load(file: Path, columns: dict[str, str] = COLUMNS, *more: str) -> None:
    pairs = [f"{column}={field}" for column, field in columns.items()]
    call_command("import_records", "erp.Customer", str(file), "--map", *pairs, *more)


def run(user: User, mode: str = "modified", **options: Any) -> Job:
    mapping = IntegrationTableMapping.objects.get(name="CUSTOMER")
    started = mapping_run(user=user, mapping=mapping, mode=mode, **options)
    drain()
    return Job.objects.get(pk=started.jobs[0].pk)


def versions() -> tuple[Any, ...]:
    """Every write of one of the three tables raises this."""
    tables = ("erp_customer", "crm_account", "coupling_coupling")
    return tuple(db.one(f"SELECT count(*), sum(row_version), max(xmin::text::bigint) FROM {t}") for t in tables)


def blank(text: str) -> str | None:
    return None if text in ("NULL", "") else text.rstrip()


@pytest.fixture
def synced(installed: User) -> User:
    load(CUSTOMERS)
    run(installed, "full", create_new=True)
    return installed


def test_91_customers_become_91_accounts_with_every_value(synced: User) -> None:
    with CUSTOMERS.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    countries = resolve_countries([r["country"] for r in rows])
    customers = {c.no: c for c in Customer.objects.all()}
    partners = dict(Coupling.objects.filter(pair="CUSTOMER").values_list("erp_id", "crm_id"))
    accounts = {a.pk: a for a in Account.objects.all()}

    assert len(rows) == len(customers) == len(partners) == len(accounts) == 91
    for row in rows:
        customer = customers[row["customer_id"]]
        account = accounts[partners[customer.pk]]
        for column, field in COLUMNS.items():
            if field != "country_region_code":
                assert (getattr(customer, field) or None) == blank(row[column]), (row["customer_id"], field)
        for column, field in ACCOUNT.items():
            assert getattr(account, field) == blank(row[column]), (row["customer_id"], field)
        assert str(customer.country_region_code_id) == str(countries[row["country"]])
        assert account.address1_country == customer.country_region_code.code
        assert account.customertypecode == 3


def test_a_second_run_updates_no_row_of_either_side_nor_of_the_couplings(synced: User) -> None:
    before = versions()

    job = run(synced, "full", create_new=True)

    assert versions() == before
    assert job.counters["to_crm"]["unchanged"] == 91
    assert not OutcomeRow.objects.filter(job=job).exists()


def test_under_merge_edits_of_both_sides_survive_with_one_write_per_side(synced: User) -> None:
    IntegrationTableMapping.objects.filter(name="CUSTOMER").update(update_conflict="merge")
    customer = Customer.objects.get(no="ALFKI")
    account = Account.objects.get(pk=Coupling.objects.get(erp_id=customer.pk).crm_id)
    edit("erp.Customer", customer.pk, phone_no="030-111")
    edit("crm.Account", account.pk, address1_city="Potsdam")
    before = refreshed(customer, account)

    job = run(synced)

    rows = {r.direction: r.changes for r in OutcomeRow.objects.filter(job=job)}
    assert rows == {
        "to_crm": {"crm": {"telephone1": ["030-0074321", "030-111"]}},
        "from_crm": {"erp": {"city": ["Berlin", "Potsdam"]}},
    }
    after = refreshed(customer, account)
    assert [b - a for a, b in zip(before, after, strict=True)] == [1, 1]
    assert (customer.phone_no, customer.city) == ("030-111", "Potsdam")
    assert (account.telephone1, account.address1_city) == ("030-111", "Potsdam")


def refreshed(customer: Customer, account: Account) -> list[int]:
    """The versions of both rows as they are now."""
    customer.refresh_from_db()
    account.refresh_from_db()
    return [customer.row_version, account.row_version]


def edit(label: str, pk: Any, **values: Any) -> None:
    with acting("admin", "page"):
        update(label, [Edit(str(pk), values)], source="page").single()


@pytest.mark.parametrize(
    ("strategy", "erp", "crm", "action"),
    [
        ("none", "1", "2", {"to_crm": "fail", "from_crm": "fail"}),
        ("send", "1", "1", {"to_crm": "modify", "from_crm": "skip"}),
        ("get", "2", "2", {"to_crm": "skip", "from_crm": "modify"}),
        ("merge", "1", "2", {"to_crm": "fail", "from_crm": "fail"}),
    ],
)
def test_three_records_edited_on_both_sides_in_the_same_field(
    synced: User, strategy: str, erp: str, crm: str, action: dict[str, str]
) -> None:
    IntegrationTableMapping.objects.filter(name="CUSTOMER").update(update_conflict=strategy)
    chosen = list(Customer.objects.order_by("no")[:3])
    partners = dict(Coupling.objects.values_list("erp_id", "crm_id"))
    for customer in chosen:
        edit("erp.Customer", customer.pk, phone_no="1")
        edit("crm.Account", partners[customer.pk], telephone1="2")

    job = run(synced)

    for customer in chosen:
        customer.refresh_from_db()
        assert customer.phone_no == erp
        assert Account.objects.get(pk=partners[customer.pk]).telephone1 == crm
        assert dict(OutcomeRow.objects.filter(job=job, erp_id=customer.pk).values_list("direction", "action")) == action
    waiting = Pending.objects.filter(mapping="CUSTOMER", reason="update_conflict").count()
    assert waiting == (6 if strategy in ("none", "merge") else 0)


def test_all_24_rows_with_a_value_too_many_are_named_and_nothing_is_stored(
    installed: User, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        load(BAD, BAD_COLUMNS)

    told = [line for line in capsys.readouterr().err.splitlines() if line.strip()]
    numbers = {line.split()[1].strip(":,") for line in told if line.lower().startswith("line ")}
    assert ended.value.code == 1
    assert len(numbers) == 24, told[:5]
    assert not Customer.objects.exists()
