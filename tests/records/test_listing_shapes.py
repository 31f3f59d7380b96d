"""Lists over references: the referenced table is read once, however many of its fields are searched or sorted by."""

from __future__ import annotations

from typing import Any

import pytest

from records import writes
from records.listing import select

pytestmark = pytest.mark.django_db
LABEL = "erp.ContactBusinessRelation"


@pytest.fixture
def relations() -> None:
    """Three contacts, each with a relation."""
    (kind,) = writes.insert("erp.BusinessRelation", [{"code": "CUST", "description": "Customer"}], source="setup").rows
    contacts = [{"no": f"K{n}", "name": name} for n, name in enumerate(("Öberg", "Anders", "Zander"))]
    made = writes.insert("erp.Contact", contacts, source="setup").rows
    rows = [{"contact_no": row.pk, "business_relation_code": kind.pk} for row in made]
    assert len(writes.insert(LABEL, rows, source="setup").rows) == 3


def names(found: Any) -> list[str]:
    return [row.contact_no.name for row in found]


def test_a_search_finds_names_and_numbers_of_referenced_records(relations: None) -> None:
    assert names(select(LABEL, search="oberg")) == ["Öberg"]
    assert names(select(LABEL, search="k1")) == ["Anders"]
    assert not names(select(LABEL, search="nobody"))


def test_a_search_does_not_join_the_referenced_table(relations: None) -> None:
    sql = str(select(LABEL, search="oberg").order_by("pk").query)

    assert "JOIN" not in sql
    assert sql.count('FROM "erp_contact" ') == 1


def test_a_computed_field_that_repeats_a_referenced_one_is_sorted_by_it(relations: None) -> None:
    found = select(LABEL, ordering=["-contact_name"])

    assert names(found)[-1] == "Anders"
    assert sorted(names(found)[:2]) == ["Zander", "Öberg"]
    assert "SELECT c.name" not in str(found.query)
