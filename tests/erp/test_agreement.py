"""After any sequence of edits, a customer and its contact carry the same values and people know their company."""

from __future__ import annotations

import random

import pytest

from erp.rules.company_contact import COPIED
from records import db
from records.schema import schema
from records.writes import Edit, delete, insert, update
from tests.erp.tools import country, salesperson

pytestmark = pytest.mark.usefixtures("installed")

WORDS = ("", "Ana Ek", "Bo", "Café Ö", "Firm AB")
SOURCES = ("page", "api", "import", "sync")


def disagreements():
    """Pairs of customer and contact that differ in a common field."""
    differ = " OR ".join(
        f"{schema('erp.Customer')[name].sql('c')} IS DISTINCT FROM {schema('erp.Contact')[name].sql('k')}"
        for name in COPIED
    )
    sql = (
        "SELECT c.no, k.no FROM erp_contactbusinessrelation r JOIN erp_customer c ON c.system_id = r.customer_id"
        f" JOIN erp_contact k ON k.system_id = r.contact_no_id WHERE {differ}"
    )
    return db.rows(sql)


def strangers():
    """People whose company name or business relation is not their company's; companies that are not their own."""
    return db.rows(
        "SELECT p.no FROM erp_contact p LEFT JOIN erp_contact f ON f.system_id = p.company_no_id"
        " WHERE p.company_name <> coalesce(f.name, '')"
        " OR (p.type = 0 AND p.company_no_id IS DISTINCT FROM p.system_id)"
        " OR (p.company_no_id IS NOT NULL AND p.contact_business_relation <> f.contact_business_relation)"
    )


def random_values(chance, salespeople, countries):
    values = {
        "name": chance.choice(WORDS[1:]),
        "phone_no": chance.choice(("", "1", "2")),
        "city": chance.choice(("", "Lund", "Ystad")),
        "e_mail": chance.choice(("", "a@example.com", "b@example.com")),
        "salesperson_code": chance.choice((None, *salespeople)),
        "country_region_code": chance.choice((None, *countries)),
    }
    return {name: values[name] for name in chance.sample(sorted(values), chance.randint(1, 4))}


@pytest.mark.parametrize("seed", range(4))
def test_customers_contacts_and_people_agree(seed):
    chance = random.Random(seed)
    choices = ([salesperson("A"), salesperson("B")], [country("SE"), country("DE")])

    for _step in range(40):
        source = chance.choice(SOURCES)
        label = chance.choice(("erp.Customer", "erp.Contact"))
        pks = [pk for (pk,) in db.rows(f'SELECT system_id FROM "{schema(label).table}" ORDER BY no')]
        chosen = chance.sample(pks, min(len(pks), 3))
        act = chance.random()
        if act < 0.25 or not chosen:
            values = {"name": chance.choice(WORDS[1:]), **random_values(chance, *choices)}
            values |= {"contact": chance.choice(WORDS), "contact_type": chance.choice((0, 1))}
            insert("erp.Customer", [dict(values) for _i in range(2)], source=source)
        elif act < 0.92:
            update(label, [Edit(pk, random_values(chance, *choices)) for pk in chosen], source=source)
        else:
            delete(label, [(chosen[0], None)], source=source)

        assert disagreements() == []
        assert strangers() == []
    assert db.one("SELECT count(*) > 0 FROM erp_contactbusinessrelation") == (True,)


def test_the_check_sees_a_planted_disagreement():
    insert("erp.Customer", [{"name": "Firm", "contact": "Ana Ek"}], source="page")
    assert (disagreements(), strangers()) == ([], [])

    db.execute("UPDATE erp_customer SET phone_no = '9'")
    db.execute("UPDATE erp_contact SET company_name = 'x' WHERE type = 1")

    assert (len(disagreements()), len(strangers())) == (1, 1)
