"""What a first start makes, with and without demo data, and what a second one leaves alone."""

from __future__ import annotations

import pytest
from django.db import transaction

from coupling.models import Connection, Coupling
from coupling.services.connection import connection_enable
from demo.company import TASKS
from demo.installation import set_up
from demo.models import Step
from people.models import User
from records import db
from sync.models import Job

pytestmark = pytest.mark.slow


def count(table, where="TRUE"):
    found = db.one(f"SELECT count(*) FROM {table} WHERE {where}")
    assert found is not None
    return found[0]


@pytest.fixture(scope="module")
def told(django_db_setup, django_db_blocker):
    """The lines that setting up the demo company told; taken back after the last test of this file."""
    lines: list[str] = []
    with django_db_blocker.unblock(), transaction.atomic():
        set_up(demo_data=True, tell=lines.append)
        yield lines
        transaction.set_rollback(True)


@pytest.fixture
def empty(db):
    """An installation without demo data."""
    set_up(demo_data=False, tell=lambda _line: None)


class TestDemoCompany:
    def test_it_has_customers_and_contacts(self, told):
        assert count("erp_customer") == 2000
        assert count("erp_contact", "type = 1 AND company_no_id IS NOT NULL") == 3000
        assert count("erp_contactbusinessrelation") == 2000
        assert count("erp_customer", "primary_contact_no_id IS NOT NULL AND contact <> ''") == 1500

    def test_every_customer_is_complete(self, told):
        assert count("erp_customer", "salesperson_code_id IS NULL OR payment_terms_code_id IS NULL") == 0
        assert count("erp_customer", "'' IN (name, address, city, post_code, phone_no, e_mail, search_name)") == 0

    def test_every_currency_has_a_rate_on_both_sides(self, told):
        assert count("erp_currency") == 7
        assert count("erp_currencyexchangerate") == 21
        assert count("crm_transactioncurrency", "exchangerate <> 1") == 7

    def test_the_sales_side_has_records_of_its_own(self, told):
        free = "NOT EXISTS (SELECT 1 FROM coupling_coupling k WHERE k.crm_id = accountid)"

        assert count("crm_account") == 1000
        assert count("crm_account", free) == 300
        assert count("crm_account", "statecode = 1") == 15
        assert count("crm_contact", "parentcustomerid_account_id IS NULL") == 0

    def test_customers_and_their_people_are_coupled(self, told):
        pairs = dict(db.rows("SELECT pair, count(*) FROM coupling_coupling GROUP BY pair"))

        assert pairs["CUSTOMER"] == 700
        assert pairs["SALESPEOPLE"] == 8
        assert pairs["CURRENCY"] == 7
        assert pairs["CONTACT"] > 1000

    def test_accounts_belong_to_the_user_of_the_salesperson(self, told):
        wrong = db.rows(
            "SELECT 1 FROM coupling_coupling k JOIN erp_customer c ON c.system_id = k.erp_id "
            "JOIN crm_account a ON a.accountid = k.crm_id "
            "LEFT JOIN coupling_coupling s ON s.pair = 'SALESPEOPLE' AND s.erp_id = c.salesperson_code_id "
            "WHERE k.pair = 'CUSTOMER' AND s.crm_id IS DISTINCT FROM a.owninguser_id"
        )

        assert wrong == []

    def test_there_is_one_conflict_and_one_skipped_coupling(self, told):
        skipped = Coupling.objects.get(skipped=True)
        conflicts = Coupling.objects.filter(error_to_crm__code="update_conflict", skipped=False)

        assert skipped.error_from_crm["code"] == "code_not_found"
        assert conflicts.count() == 1
        assert count("sync_pending", "reason NOT IN ('', 'update_conflict', 'code_not_found')") == 0

    def test_some_pairs_differ(self, told):
        pairs = (
            "coupling_coupling k JOIN erp_customer c ON c.system_id = k.erp_id "
            "JOIN crm_account a ON a.accountid = k.crm_id"
        )
        values = "(c.phone_no, c.e_mail, c.address, c.credit_limit_lcy)"
        partners = "(a.telephone1, a.emailaddress1, a.address1_line1, coalesce(a.creditlimit, 0))"

        assert count(pairs, f"k.pair = 'CUSTOMER' AND {values} IS DISTINCT FROM {partners}") == 26

    def test_all_jobs_ended_well(self, told):
        assert Job.objects.exists()
        assert not Job.objects.exclude(state="finished").exists()

    def test_the_salesperson_is_a_salesperson(self, told):
        assert User.objects.get(username="salesperson").salesperson == "SL"

    def test_progress_and_passwords_are_told(self, told):
        assert [line.split()[0] for line in told[1:4]] == ["admin", "salesperson", "viewer"]
        assert sum("..." in line for line in told) == len(TASKS)

    def test_a_second_start_tells_and_changes_nothing(self, told):
        tables = ("erp_customer", "erp_contact", "crm_account", "crm_systemuser", "people_user", "sync_job")
        before = [count(table) for table in tables]
        lines: list[str] = []

        set_up(demo_data=True, tell=lines.append)

        assert lines == []
        assert [count(table) for table in tables] == before


class TestEmptyInstallation:
    def test_the_connection_can_be_enabled_at_once(self, empty):
        connection = Connection.load()
        assert (connection.address, connection.user_name, connection.enabled) == ("embedded", "integration", False)

        assert connection_enable(install_defaults=True).enabled

    def test_it_has_users_company_and_base_currency_but_no_customers(self, empty):
        names = set(User.objects.values_list("username", flat=True))

        assert names == {"admin", "salesperson", "viewer", "integration"}
        assert count("crm_systemuser") == 4
        assert count("crm_transactioncurrency", "isocurrencycode = 'EUR' AND isbasecurrency") == 1
        assert count("crm_company") == 1
        assert count("erp_countryregion") > 200
        assert count("erp_customer") == count("crm_account") == 0

    def test_it_stays_empty_at_the_next_start(self, empty):
        set_up(demo_data=True, tell=lambda _line: None)

        assert count("erp_customer") == 0

    def test_passwords_come_from_the_environment(self, db, monkeypatch):
        monkeypatch.setenv("TANDEM_PASSWORD_ADMIN", "correct horse battery")
        lines: list[str] = []

        set_up(demo_data=False, tell=lines.append)

        assert lines[1].split(maxsplit=1) == ["admin", "correct horse battery"]
        assert User.objects.get(username="admin").check_password("correct horse battery")


@pytest.mark.django_db
def test_an_interrupted_start_goes_on_where_it_stopped(monkeypatch):
    monkeypatch.setattr("demo.company.TASKS", TASKS[:1])
    set_up(demo_data=True, tell=lambda _line: None)
    monkeypatch.setattr("demo.company.TASKS", TASKS[:3])
    lines: list[str] = []

    set_up(demo_data=True, tell=lines.append)

    assert [line.split(" ...")[0].strip() for line in lines if "..." in line] == [
        "1/2 Customers and contacts",
        "2/2 Users of the Sales side",
    ]
    assert Step.objects.count() == 3
