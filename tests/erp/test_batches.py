"""No rule asks the database once per record: the number of statements does not grow with the batch."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from records import db
from records.writes import Edit, delete, insert, update
from tests.erp.tools import company, country, post_code, salesperson

pytestmark = pytest.mark.usefixtures("installed")
FEW, MANY = 70, 210  # both beyond the size up to which rows travel as parameters


def statements(action, *args, **options):
    with CaptureQueriesContext(
        connection,
    ) as queries:
        written = action(*args, **options)
    assert not written.rejected, written.rejected[0].errors
    return len(queries)


def new_customers(count, source):
    jo = salesperson(f"S{count}{source}"[:20])
    post_code(f"P{count}{source}", "Berlin", "DE")
    return [
        {
            "name": f"Customer {source} {i}",
            "contact": f"Person {i}",
            "post_code": f"P{count}{source}",
            "salesperson_code": jo,
            "phone_no": "12",
            "country_region_code": country("FR"),
        }
        for i in range(count)
    ]


@pytest.mark.parametrize("source", ["import", "api", "sync", "setup"])
def test_inserting_customers(source):
    insert("erp.Customer", new_customers(65, source), source=source)  # the staging tables exist afterwards

    few = statements(insert, "erp.Customer", new_customers(FEW, source), source=source)
    many = statements(insert, "erp.Customer", new_customers(MANY, source), source=source)

    assert few == many


@pytest.mark.parametrize("source", ["api", "sync"])
def test_changing_customers_with_contacts_and_people(source):
    rows = insert("erp.Customer", new_customers(MANY, "import"), source="import").rows
    edits = [Edit(row.pk, {"name": f"New {row.get('name')}", "phone_no": "34", "city": "Paris"}) for row in rows]
    update(
        "erp.Customer", [Edit(row.pk, {"name": "a", "phone_no": "1", "city": "b"}) for row in rows[:65]], source=source
    )

    few = statements(update, "erp.Customer", edits[:FEW], source=source)
    many = statements(update, "erp.Customer", edits[FEW:], source=source)

    assert few <= many + 2
    assert many <= few + 2
    assert db.one("SELECT count(*) FROM erp_contact WHERE company_name LIKE 'New %' AND phone_no = '34'") == (2 * MANY,)


def test_changing_contacts():
    firm, other = company(name="Firm", city="Lund"), company(name="Other", city="Ystad")
    people = [{"type": 1, "name": f"Ana {i} Ek", "company_no": firm} for i in range(FEW + MANY)]
    rows = insert("erp.Contact", people, source="import").rows
    edits = [Edit(row.pk, {"company_no": other, "surname": "Bo", "minor": True}) for row in rows]
    update("erp.Contact", [Edit(row.pk, {"job_title": "x"}) for row in rows[:65]], source="api")

    few = statements(update, "erp.Contact", edits[:FEW], source="api")
    many = statements(update, "erp.Contact", edits[FEW:], source="api")

    assert few == many
    assert db.one("SELECT count(*) FROM erp_contact WHERE city = 'Ystad' AND surname = 'Bo'") == (FEW + MANY,)


def test_deleting_customers_and_contacts():
    rows = insert("erp.Customer", new_customers(FEW + MANY, "import"), source="import").rows
    keys = [(row.pk, None) for row in rows]

    few = statements(delete, "erp.Customer", keys[:FEW], source="page")
    many = statements(delete, "erp.Customer", keys[FEW:], source="page")
    assert few <= many + 4
    assert many <= few + 4

    companies = [(pk, None) for (pk,) in db.rows("SELECT system_id FROM erp_contact WHERE type = 0 ORDER BY no")]
    few = statements(delete, "erp.Contact", companies[:FEW], source="page")
    many = statements(delete, "erp.Contact", companies[FEW:], source="page")
    assert few == many
    assert db.one("SELECT count(*) FROM erp_contact") == (0,)
