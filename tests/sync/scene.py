"""A connected installation on which tests couple, change, and synchronize as a user would, with the worker at hand."""

from __future__ import annotations

from typing import Any

from coupling.models import Coupling, IntegrationTableMapping
from coupling.services.coupling import coupling_create
from records.actor import acting
from records.schema import model_of
from records.writes import Edit, delete, update
from sync import changes
from sync.jobs import drain
from sync.models import Job
from sync.services import mapping_run, sync_now
from tests.cast import make_user
from tests.coupling.world import World, build


class Scene:
    """The cast's records: customers and accounts by name. Nothing is coupled at first."""

    def __init__(self) -> None:
        self.world: World = build()
        self.user = make_user("salesperson")

    def customer(self, name: str = "Adatum") -> str:
        return self.world.customers[name]

    def account(self, name: str = "Adatum") -> str:
        return self.world.accounts[name]

    def mapping(self, **values: Any) -> IntegrationTableMapping:
        """CUSTOMER, changed on the way."""
        if values:
            IntegrationTableMapping.objects.filter(name="CUSTOMER").update(**values)
        return IntegrationTableMapping.objects.get(name="CUSTOMER")

    def couple(self, customer: str = "Adatum", account: str = "Adatum", *, direction: str = "to_crm") -> Coupling:
        """Couple two records and bring them in step."""
        with acting("salesperson", "page"):
            coupling = coupling_create(
                mapping=self.mapping(), erp_id=self.customer(customer), crm_id=self.account(account)
            )
        if direction:
            sync_now(user=self.user, mapping="CUSTOMER", direction=direction, erp_ids=[self.customer(customer)])
            self.work()
        return Coupling.objects.get(pk=coupling.pk)

    def edit(self, label: str, pk: str, **values: Any) -> None:
        """A user's change."""
        with acting("salesperson", "page"):
            update(label, [Edit(pk, values)], source="page").single()

    def edit_customer(self, name: str = "Adatum", /, **values: Any) -> None:
        self.edit("erp.Customer", self.customer(name), **values)

    def edit_account(self, name: str = "Adatum", /, **values: Any) -> None:
        self.edit("crm.Account", self.account(name), **values)

    def remove(self, label: str, pk: str) -> None:
        with acting("salesperson", "page"):
            delete(label, [(pk, None)], source="page").single()

    def run(self, mode: str = "modified", **options: Any) -> Job:
        """Run the mapping and wait for its end."""
        started = mapping_run(user=self.user, mapping=self.mapping(), mode=mode, **options)
        self.work()
        return Job.objects.get(pk=started.jobs[0].pk)

    def work(self) -> None:
        """What a worker does until nothing is left."""
        changes.route_all()
        drain()

    def value(self, label: str, pk: str, field: str) -> Any:
        return getattr(model_of(label).objects.get(pk=pk), field)

    def phone(self, name: str = "Adatum") -> str:
        return str(self.value("erp.Customer", self.customer(name), "phone_no"))

    def telephone(self, name: str = "Adatum") -> Any:
        return self.value("crm.Account", self.account(name), "telephone1")

    def conflict(self) -> Coupling:
        """A coupled pair whose phone number was changed on both sides, after a run that noticed it."""
        coupling = self.couple()
        self.edit_customer(phone_no="111")
        self.edit_account(telephone1="222")
        self.run()
        return Coupling.objects.get(pk=coupling.pk)
