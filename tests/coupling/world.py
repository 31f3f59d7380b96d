"""A small connected installation, made through the services that a first start uses."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from coupling import registry
from coupling.models import Connection, IntegrationTableMapping
from coupling.services import connection as connections
from crm.services.installation import install as install_crm
from erp.models import CompanyInformation
from erp.services.installation import install as install_erp
from people.models import User
from people.services.user import user_create
from records.actor import acting
from records.schema import model_of
from records.writes import insert
from tests.cast import PASSWORD
from tests.photograph import again


def add(label: str, **values: Any) -> str:
    """One record; its primary key."""
    return insert(label, [values], source="api").single().pk


@dataclass
class World:
    """Keys of the records that the tests talk about."""

    customers: dict[str, str] = field(default_factory=dict)
    accounts: dict[str, str] = field(default_factory=dict)

    def customer(self, name: str, **values: Any) -> str:
        self.customers[name] = add("erp.Customer", name=name, **values)
        return self.customers[name]

    def account(self, name: str, **values: Any) -> str:
        self.accounts[name] = add("crm.Account", name=name, **{"customertypecode": 3, **values})
        return self.accounts[name]

    def mapping(self, name: str) -> IntegrationTableMapping:
        return IntegrationTableMapping.objects.get(name=name)


def install(*, ownership: str = "team") -> Connection:
    """Both sides and the connection as after a first start, not yet enabled."""
    again(f"install {ownership}", lambda: _install(ownership))
    return Connection.load()


def _install(ownership: str) -> None:
    install_erp()
    company = CompanyInformation.objects.get()
    install_crm(
        organization="Contoso",
        company_name=company.name,
        company_id=str(company.pk),
        integration_user=connections.INTEGRATION_USER,
    )
    connections.connection_first_start()
    connections.connection_save(values={"ownership_model": ownership})


def build(*, ownership: str = "team") -> World:
    """The same, enabled, with the default mappings, two customers and three accounts."""
    if not User.objects.filter(username="admin").exists():
        user_create(username="admin", password=PASSWORD, permission_sets=["setup"])
    again(f"build {ownership}", lambda: _build(ownership))
    return World(_keys("erp.Customer"), _keys("crm.Account"))


def _keys(label: str) -> dict[str, str]:
    """The keys of all records by name."""
    return {name: str(key) for name, key in model_of(label).objects.values_list("name", "pk")}


def _build(ownership: str) -> None:
    with acting("admin", "setup"):
        _install(ownership)
        connections.connection_enable(install_defaults=True)
        world = World()
        world.customer("Adatum", city="Roma", e_mail="info@adatum.example")
        world.customer("Fabrikam")
        world.account("Adatum", address1_city="Roma")
        world.account("Adatum Nord", address1_city="Milano")
        world.account("Litware")


def declared(ownership: str = "team") -> list[str]:
    """Names of the default mappings of the pairs that are in the tree; a pair may be left out."""
    return sorted(mapping.name for mapping in registry.declarations(ownership))


def expected(*names: str) -> list[str]:
    """Those of these mappings that are declared, in this order."""
    return [name for name in names if name in declared("person")]
