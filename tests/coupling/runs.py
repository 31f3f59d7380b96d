"""Running mappings in tests, as an administrator would, and looking at what came of it."""

from __future__ import annotations

from typing import Any

from coupling.models import Coupling, IntegrationTableMapping
from crm.models import Account
from erp.models import ContactBusinessRelation
from people.models import User
from records.actor import acting
from sync import services
from sync.jobs import drain
from sync.models import OutcomeRow
from tests.coupling.world import World, add


def run(name: str, *, direction: str = "", create_new: bool = True, mode: str = "full") -> dict[str, Any]:
    """Run a mapping and give back its job's counters by direction."""
    mapping = IntegrationTableMapping.objects.get(name=name)
    user = User.objects.get(username="admin")
    with acting("admin", "page"):
        started = services.mapping_run(
            user=user, mapping=mapping, mode=mode, direction=direction, create_new=create_new
        )
    drain()
    job = started.jobs[0]
    job.refresh_from_db()
    assert job.state == "finished", (job.message_code, job.message_params)
    return dict(job.counters)


def outcomes(name: str) -> list[tuple[str, str, str]]:
    return [(o.direction, o.action, o.reason) for o in OutcomeRow.objects.filter(mapping=name)]


def account_of(world: World, customer: str) -> Account:
    coupling = Coupling.objects.get(pair="CUSTOMER", erp_id=world.customers[customer])
    return Account.objects.get(pk=coupling.crm_id)


def company_contact(customer: str) -> str:
    return str(ContactBusinessRelation.objects.get(customer=customer).contact_no_id)


def person(world: World, customer: str, **names: str) -> str:
    return add("erp.Contact", type=1, company_no=company_contact(world.customers[customer]), **names)
