"""The tables of this side in the API."""

from __future__ import annotations

import pytest

from records.schema import model_of, schema
from tests.crm.tools import UNKNOWN, account, contact, scalar, system_user, team

pytestmark = pytest.mark.usefixtures("anna")
TABLES = ("Account", "Contact", "SystemUser", "TransactionCurrency", "Team", "BusinessUnit", "Company", "OptionValue")


@pytest.fixture
def client(api):
    return api("salesperson")


@pytest.fixture
def admin(api):
    return api("admin")


def path(label):
    return f"/api/v1/crm/{model_of(label).Record.path}/"


@pytest.mark.parametrize("name", TABLES)
def test_every_table_is_there_under_its_set_name(client, name):
    label = f"crm.{name}"
    account()
    contact()

    response = client.get(path(label))

    assert response.status_code == 200
    record = response.json()["results"][0]
    assert set(record) >= {f.name for f in schema(label) if not f.internal}
    assert record["page"] == f"/crm/{model_of(label).Record.path}/{record['id']}/"


def test_an_account_goes_in_and_out_with_its_own_names(client):
    body = {"name": "Adatum", "customertypecode": "Customer", "paymenttermscode": "Net 30", "creditlimit": "12.5"}
    me = system_user("salesperson")

    made = client.post(path("crm.Account"), body)

    assert made.status_code == 201
    shown = made.json()
    assert (shown["customertypecode"], shown["paymenttermscode"], shown["creditlimit"]) == (3, 1, "12.5000")
    assert (shown["ownerid"], shown["owneridtype"], shown["telephone1"]) == (me, "systemuser", None)
    assert shown["transactioncurrencyidname"] == "Euro"


def test_inactive_is_nothing_to_begin_with(client):
    answer = client.post(path("crm.Account"), {"name": "Adatum", "statecode": 1})

    assert answer.status_code == 400
    assert answer.json()["errors"]["statecode"][0]["detail"] == "Status cannot be given when a record is created."


def test_a_record_is_deactivated_and_activated(client):
    address = f"{path('crm.Account')}{account()}/"

    assert client.patch(address, {"statecode": 1}).json()["statuscode"] == 2
    assert client.patch(address, {"statuscode": 1}).json()["statecode"] == 0


def test_users_are_enabled_and_disabled(client, admin):
    address = f"{path('crm.SystemUser')}{system_user()}/"

    assert client.patch(address, {"isdisabled": True}).status_code == 403
    assert admin.patch(address, {"isdisabled": True}).json()["isdisabled"] is True
    assert admin.patch(address, {"isdisabled": False}).json()["isdisabled"] is False


def test_a_team_has_members(admin):
    bo, lena = sorted([system_user("bo"), system_user("lena")])

    made = admin.post(path("crm.Team"), {"name": "North", "members": [bo]})
    address = f"{path('crm.Team')}{made.json()['id']}/"

    assert (made.status_code, made.json()["members"]) == (201, [bo])
    assert made["Location"].endswith(address)
    assert admin.patch(address, {"members": [lena, bo]}).json()["members"] == [bo, lena]
    assert admin.patch(address, {"name": "South"}).json()["members"] == [bo, lena]
    assert admin.get(address).json()["members"] == [bo, lena]
    assert admin.patch(address, {"members": []}).json()["members"] == []


@pytest.mark.parametrize(("given", "code"), [("x", "invalid_value"), ([1], "invalid_value"), ([UNKNOWN], "not_found")])
def test_bad_members_are_refused_and_nothing_is_kept(admin, given, code):
    answer = admin.post(path("crm.Team"), {"name": "North", "members": given})

    assert answer.status_code == 400
    assert answer.json()["errors"]["members"][0]["code"] == code
    assert scalar("SELECT count(*) FROM crm_team WHERE name = 'North'") == 0


def test_memberships_end_with_team_and_user(admin):
    bo, north = system_user(), team()
    admin.patch(f"{path('crm.Team')}{north}/", {"members": [bo]})
    assert admin.delete(f"{path('crm.SystemUser')}{bo}/").status_code == 204

    assert admin.get(f"{path('crm.Team')}{north}/").json()["members"] == []
    assert admin.delete(f"{path('crm.Team')}{north}/").status_code == 204


def test_people_are_found_by_filter_over_their_company(client):
    company = account()
    contact(parentcustomerid=company)
    contact(lastname="Other")

    found = client.get(path("crm.Contact"), {"filter": f"accountid={company},parentcustomeridtype=account"})

    assert [row["fullname"] for row in found.json()["results"]] == ["Maria Anders"]
