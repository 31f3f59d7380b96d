"""What there is to see on the first day: pairs that differ, a conflict, a skipped coupling."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from coupling.models import Coupling, IntegrationTableMapping
from demo.erp_side import accept
from demo.jobs import administrator, finish
from erp.models import Customer
from records.actor import acting
from records.writes import Edit, update
from sync.services import mapping_run

SALESPERSON = "salesperson"
#: Coupled pairs by their place in the list of customers.
CONFLICT, SKIPPED = 0, 1
CHANGED_IN_ERP, CHANGED_IN_SALES, OTHER_LIMIT = range(2, 14), range(14, 22), range(22, 27)
_STREETS = ("Kungsgatan 8", "Via Torino 21", "Marktplatz 3", "14 Quayside", "9 rue des Halles")


def tell_them() -> str:
    """One pair that both sides changed, one that failed twice, twenty-five that differ and wait."""
    pairs = _pairs()
    _conflict(pairs[CONFLICT])
    _skipped(pairs[SKIPPED])
    _differences(pairs)
    return f"1 conflict, 1 skipped, {len(CHANGED_IN_ERP) + len(CHANGED_IN_SALES) + len(OTHER_LIMIT)} pairs that differ"


def _pairs() -> list[tuple[str, str]]:
    """(customer, account) of coupled pairs, in the order of customer numbers."""
    accounts = {str(e): str(c) for e, c in Coupling.objects.filter(pair="CUSTOMER").values_list("erp_id", "crm_id")}
    customers = Customer.objects.filter(pk__in=accounts).order_by("no").values_list("pk", flat=True)
    return [(str(pk), accounts[str(pk)]) for pk in customers]


def _conflict(pair: tuple[str, str]) -> None:
    """Both sides have another telephone number."""
    customer, account = pair
    _change("erp.Customer", [Edit(customer, {"phone_no": "+41 31 555 01 40"})])
    _change("crm.Account", [Edit(account, {"telephone1": "+41 31 555 01 99"})])
    _run()


def _skipped(pair: tuple[str, str]) -> None:
    """Somebody in Sales mistyped the country: the same error twice marks the coupling as skipped."""
    _change("crm.Account", [Edit(pair[1], {"address1_country": "Untied Kingdom"})])
    _run()
    _run()


def _differences(pairs: Sequence[tuple[str, str]]) -> None:
    """Changes that wait for Synchronize Now, and credit limits that Sales keeps for itself."""
    customers = [
        Edit(pairs[n][0], {"phone_no": f"+49 40 5550{n:03d}"} if n % 2 else {"address": _STREETS[n % len(_STREETS)]})
        for n in CHANGED_IN_ERP
    ]
    _change("erp.Customer", customers)
    accounts = [
        Edit(pairs[n][1], {"emailaddress1": f"office{n}@example.com"} if n % 2 else {"telephone1": f"+46 8 555 01 {n}"})
        for n in CHANGED_IN_SALES
    ]
    _change("crm.Account", accounts)
    _change("crm.Account", [Edit(pairs[n][1], {"creditlimit": Decimal(1000 * n)}) for n in OTHER_LIMIT])


def _change(label: str, edits: Sequence[Edit]) -> None:
    with acting(SALESPERSON, "api"):
        accept(update(label, edits, source="api"))


def _run() -> None:
    mapping = IntegrationTableMapping.objects.get(name="CUSTOMER")
    finish(mapping_run(user=administrator(), mapping=mapping, mode="modified"))
