"""No rule asks the database once per record: the number of statements does not grow with the batch."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from records.writes import Edit, delete, insert, update
from tests.crm.tools import currency, system_user, team

pytestmark = pytest.mark.usefixtures("anna")
FEW, MANY = 70, 210  # both beyond the size up to which rows travel as parameters


def statements(action, *args, **options):
    with CaptureQueriesContext(connection) as queries:
        written = action(*args, **options)
    assert not written.rejected, written.rejected[0].errors
    return len(queries)


def new_accounts(count, owner, usd):
    return [
        {
            "name": f"Account {i}",
            "ownerid": owner,
            "creditlimit": "5",
            "transactioncurrencyid": usd,
            "paymenttermscode": 1,
        }
        for i in range(count)
    ]


@pytest.mark.parametrize("source", ["api", "sync"])
def test_accounts_with_their_people(source):
    owner, other, usd = system_user(), team(), currency()
    insert("crm.Account", new_accounts(65, owner, usd), source=source)  # the staging tables exist afterwards

    few = statements(insert, "crm.Account", new_accounts(FEW, owner, usd), source=source)
    rows = insert("crm.Account", new_accounts(MANY, owner, usd), source=source).rows
    many = statements(insert, "crm.Account", new_accounts(MANY, owner, usd), source=source)
    assert few == many

    people = [{"lastname": f"P{i}", "parentcustomerid": row.pk} for i, row in enumerate(rows)]
    insert("crm.Contact", people[:65], source=source)
    few = statements(insert, "crm.Contact", people[:FEW], source=source)
    many = statements(insert, "crm.Contact", people, source=source)
    assert few == many

    edits = [Edit(row.pk, {"ownerid": other, "creditlimit": "7", "parentaccountid": rows[-1].pk}) for row in rows[:-1]]
    update("crm.Account", [Edit(row.pk, {"ownerid": owner, "creditlimit": "6", "parentaccountid": None})
                           for row in rows[:65]], source=source)  # fmt: skip
    few = statements(update, "crm.Account", edits[:FEW], source=source)
    many = statements(update, "crm.Account", edits[FEW:], source=source)
    assert few == many

    few = statements(delete, "crm.Account", [(row.pk, None) for row in rows[:FEW]], source=source)
    many = statements(delete, "crm.Account", [(row.pk, None) for row in rows[FEW:-1]], source=source)
    assert few == many
