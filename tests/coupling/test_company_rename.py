"""The company was renamed: what the Sales side calls by the old name is renamed with one action."""

from __future__ import annotations

from collections.abc import Callable
from html import unescape

import pytest
from django.test import Client
from rest_framework.test import APIClient

from coupling.installation import company_name, team_name
from coupling.services import connection as connections
from crm.models import Company, Team
from erp.models import CompanyInformation
from people.models import AuditEntry
from records.writes import Edit, update
from tests.cast import make_user
from tests.coupling.world import World

pytestmark = pytest.mark.django_db
CARD = "/erp/company-information/"


def call_it(name: str) -> None:
    update("erp.CompanyInformation", [Edit(str(CompanyInformation.objects.get().pk), {"name": name})], source="page")


def browser(name: str) -> Client:
    found = Client(headers={"Accept-Language": "en"})
    found.force_login(make_user(name))
    return found


def shown(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return unescape(answer.content.decode())


def test_the_new_name_is_offered_and_taken_over_with_that_of_the_team(world: World) -> None:
    old, admin = company_name(), browser("admin")
    owners = str(Company.objects.get().bcbi_defaultowningteam_id)
    update("crm.Team", [Edit(owners, {"name": team_name(old)})], source="page")
    assert "Rename in" not in shown(admin, CARD)

    call_it("Northwind Traders, Stockholm, Sweden")

    card = shown(admin, CARD)
    assert f"Called {old} in Dynamics 365 Sales" in card
    assert "Rename in Dynamics 365 Sales" in card
    assert f"in Dynamics 365 Sales it is still called {old}" in shown(admin, "/notifications/")
    answer = admin.post(f"{CARD}actions/rename_company/", {"confirmed": "1"}, headers={"HX-Request": "true"})
    assert "The company is called Northwind Traders, Stockholm, in" in answer["HX-Trigger"]
    assert Company.objects.get().bcbi_name == company_name() == "Northwind Traders, Stockholm,"
    assert Team.objects.get(pk=owners).name == team_name(company_name())
    assert "Rename in" not in shown(admin, CARD)
    assert AuditEntry.objects.filter(action="company_rename").count() == 1


def test_a_team_that_was_called_otherwise_keeps_its_name(world: World, api: Callable[[str], APIClient]) -> None:
    team, old = Team.objects.get(pk=Company.objects.get().bcbi_defaultowningteam_id), company_name()
    call_it("Northwind")
    client, address = api("admin"), "/api/v1/connection/company/"
    assert client.get(address).json() == {"name": "Northwind", "crm_name": old}

    assert client.post(address).json() == {"name": "Northwind", "crm_name": "Northwind"}

    assert Team.objects.get(pk=team.pk).name == team.name
    again = client.post(address)
    assert (again.status_code, again.json()["code"]) == (409, "company_not_renamed")


def test_without_a_connection_the_api_renames_nothing(world: World, api: Callable[[str], APIClient]) -> None:
    connections.connection_disable()
    call_it("Northwind")

    answer = api("admin").post("/api/v1/connection/company/")

    assert (answer.status_code, answer.json()["code"]) == (409, "connection_disabled")
    assert Company.objects.get().bcbi_name != "Northwind"


@pytest.mark.parametrize(("user", "connected"), [("salesperson", True), ("admin", False)])
def test_only_who_may_with_a_connection_renames(world: World, user: str, connected: bool) -> None:
    if not connected:
        connections.connection_disable()
    call_it("Northwind")
    client = browser(user)

    assert "still called" not in shown(client, "/notifications/")
    client.post(f"{CARD}actions/rename_company/", {"confirmed": "1"}, headers={"HX-Request": "true"})
    assert Company.objects.get().bcbi_name != "Northwind"
