"""The connection of the demo company, and what is coupled on the first day: done by the same services users have."""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence

from coupling.models import Coupling, IntegrationTableMapping
from coupling.services.connection import connection_enable, connection_save
from coupling.services.coupling import coupling_create
from crm.models import SystemUser
from demo import cast
from demo.crm_side import trade_and_size
from demo.erp_side import accept
from demo.jobs import administrator, finish
from demo.names import SEED
from erp.choices import CONTACT_PERSON
from erp.models import Contact, ContactBusinessRelation, Customer, SalespersonPurchaser
from records import writes
from sync.services import mapping_run, sync_modified_all, sync_now

#: How many customers are coupled, with their people.
COUPLED = 700
OPTIONS = ("CURRENCY", "PAYMENT TERMS", "SHIPMENT METHOD", "SHIPPING AGENT")
#: Mappings whose changes wait for a user or the next interval: who tries the demo decides when something goes over.
CALM = ("CUSTOMER", "CONTACT")


def connect() -> str:
    """Ownership model Person, the default mappings, the connection enabled."""
    connection_save(values={"ownership_model": "person"})
    connection_enable(install_defaults=True)
    mappings = IntegrationTableMapping.objects.filter(name__in=CALM)
    edits = [writes.Edit(str(mapping.pk), {"disable_event_job_resch": True}) for mapping in mappings]
    writes.update(IntegrationTableMapping, edits, source="setup")
    return f"{IntegrationTableMapping.objects.count()} mappings"


def couple() -> str:
    """Salespeople with their users, currencies and terms with theirs, then customers and their people."""
    _salespeople()
    for mapping in IntegrationTableMapping.objects.filter(name__in=OPTIONS).order_by("name"):
        finish(mapping_run(user=administrator(), mapping=mapping, mode="full", direction="to_crm", create_new=True))
    customers = _keys(Customer.objects.filter(blocked=0).order_by("no").values_list("pk", flat=True)[:COUPLED])
    _send("CUSTOMER", customers)
    companies = ContactBusinessRelation.objects.filter(customer_id__in=customers).values("contact_no")
    people = Contact.objects.filter(type=CONTACT_PERSON, company_no__in=companies).order_by("no")
    _send("CONTACT", _keys(people.values_list("pk", flat=True)))
    _complete()
    finish(sync_modified_all(user=administrator()))
    return f"{Coupling.objects.count():,} couplings"


def _salespeople() -> None:
    mapping = IntegrationTableMapping.objects.get(name="SALESPEOPLE")
    coupled = set(_keys(Coupling.objects.filter(pair=mapping.name).values_list("erp_id", flat=True)))
    users = dict(SystemUser.objects.values_list("domainname", "pk"))
    codes = dict(SalespersonPurchaser.objects.values_list("code", "pk"))
    for person in cast.SALESPEOPLE:
        if str(codes[person.code]) not in coupled:
            coupling_create(mapping=mapping, erp_id=str(codes[person.code]), crm_id=str(users[person.user_name]))


def _send(mapping: str, keys: Sequence[str]) -> None:
    """Create what is not coupled yet on the Sales side."""
    coupled = set(_keys(Coupling.objects.filter(pair=mapping).values_list("erp_id", flat=True)))
    if missing := [key for key in keys if key not in coupled]:
        finish(sync_now(user=administrator(), mapping=mapping, direction="to_crm", erp_ids=missing, create_new=True))


def _complete() -> None:
    """What only Sales keeps: the job of a person, trade and size of an account."""
    chance = random.Random(SEED + 4)  # noqa: S311
    jobs = dict(Contact.objects.values_list("pk", "job_title"))
    people = Coupling.objects.filter(pair="CONTACT").order_by("crm_id").values_list("erp_id", "crm_id")
    edits = [writes.Edit(str(crm), {"jobtitle": jobs[erp]}) for erp, crm in people if jobs.get(erp)]
    accept(writes.update("crm.Contact", edits, source="import"))
    accounts = _keys(Coupling.objects.filter(pair="CUSTOMER").order_by("crm_id").values_list("crm_id", flat=True))
    edits = [writes.Edit(key, trade_and_size(chance)) for key in accounts]
    accept(writes.update("crm.Account", edits, source="import"))


def _keys(found: Iterable[object]) -> list[str]:
    return [str(key) for key in found]
