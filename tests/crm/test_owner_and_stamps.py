"""C5 and C8: who owns a row, who wrote it, and where they belong."""

from __future__ import annotations

import pytest

from people.services.user import user_create, user_update
from records.actor import acting
from records.writes import Edit, update
from tests.crm.tools import (
    UNKNOWN,
    account,
    change,
    contact,
    create,
    get,
    refusals,
    remove,
    root,
    scalar,
    system_user,
    team,
    unit,
    user_named,
)

pytestmark = pytest.mark.usefixtures("anna")


def test_a_user_has_a_system_user_of_the_same_name():
    user_create(username="lena.berg", email="lena@example.com", permission_sets=["use"])

    found = get("crm.SystemUser", user_named("lena.berg"))

    assert found["internalemailaddress"] == "lena@example.com"
    assert found["fullname"] == "Lena Berg"
    assert found["businessunitid"] == root()
    assert not found["isintegrationuser"]


def test_a_user_who_becomes_inactive_is_a_disabled_system_user():
    user = user_create(username="lena", permission_sets=["use"])

    user_update(user=user, values={"active": False})
    assert get("crm.SystemUser", user_named("lena"))["isdisabled"]

    user_update(user=user, values={"active": True})
    assert not get("crm.SystemUser", user_named("lena"))["isdisabled"]


def test_the_creating_user_owns_a_new_row():
    row = get("crm.Account", account())

    assert (row["ownerid"], row["owneridtype"]) == (user_named("anna"), "systemuser")
    assert row["owningbusinessunit"] == root()


def test_a_blank_owner_is_the_creating_user_too():
    assert get("crm.Contact", contact(ownerid=None))["ownerid"] == user_named("anna")


def test_without_a_user_the_integration_user_owns():
    with acting("", "setup"):
        row = get("crm.Account", account(source="setup"))

    assert row["ownerid"] == user_named("integration")


def test_somebody_without_a_system_user_leaves_rows_to_the_default_team():
    with acting("stranger", "api"):
        row = get("crm.Account", account())

    assert row["owneridtype"] == "team"
    assert row["ownerid"] == scalar("SELECT teamid FROM crm_team WHERE isdefault")


def test_stamps_name_the_system_user_behind_the_writer():
    pk = account()
    with acting("integration", "sync"):
        row = change("crm.Account", pk, name="Adatum AB", source="sync")

    assert row["createdby"] == user_named("anna")
    assert row["modifiedby"] == user_named("integration")
    assert row["modifiedon"] > row["createdon"]


def test_a_team_may_own_and_its_type_is_found_out():
    north = team(businessunitid=unit())

    row = change("crm.Account", account(), ownerid=north)

    assert (row["ownerid"], row["owneridtype"]) == (north, "team")
    assert row["owningbusinessunit"] == get("crm.Team", north)["businessunitid"]


def test_an_access_team_owns_nothing():
    access = team(teamtype=1)

    assert refusals(change, "crm.Account", account(), ownerid=access) == [("ownerid", "owner_no_owner_team")]


def test_a_disabled_user_gets_no_new_rows_but_keeps_the_old_ones():
    bo = system_user()
    kept = account(ownerid=bo)
    change("crm.SystemUser", bo, isdisabled=True)

    assert refusals(account, ownerid=bo) == [("ownerid", "owner_disabled")]
    assert change("crm.Account", kept, name="Other")["ownerid"] == bo


def test_an_unknown_owner_is_refused():
    assert refusals(account, ownerid=UNKNOWN) == [("ownerid", "not_found")]


def test_an_owner_cannot_be_taken_away():
    assert refusals(change, "crm.Account", account(), ownerid=None) == [("ownerid", "required")]


@pytest.mark.parametrize("make", [system_user, team])
def test_rows_follow_their_owner_to_another_unit(make):
    north, owner = unit(), make()
    pk, person = account(ownerid=owner), contact(ownerid=owner)
    label = "crm.Team" if make is team else "crm.SystemUser"

    change(label, owner, businessunitid=north)

    assert get("crm.Account", pk)["owningbusinessunit"] == north
    assert get("crm.Contact", person)["owningbusinessunit"] == north


def test_a_user_who_owns_rows_cannot_be_deleted():
    bo = system_user()
    account(ownerid=bo)

    assert refusals(remove, "crm.SystemUser", bo) == [("", "in_use")]


def test_a_user_who_wrote_rows_cannot_be_deleted():
    bo = system_user()
    with acting("bo", "api"):
        account(ownerid=user_named("anna"))

    assert refusals(remove, "crm.SystemUser", bo) == [("", "in_use")]


def test_a_user_without_traces_can_be_deleted():
    boss = system_user("boss")
    bo = system_user("bo", parentsystemuserid=boss)

    remove("crm.SystemUser", boss)

    assert get("crm.SystemUser", bo)["parentsystemuserid"] is None


def test_a_row_keeps_one_owner_whatever_a_batch_changes():
    north, bo = team(), system_user()
    first, second = account(), account(name="Second", ownerid=north)

    update("crm.Account", [Edit(first, {"ownerid": north}), Edit(second, {"ownerid": bo})], source="sync")

    assert get("crm.Account", first)["owneridtype"] == "team"
    assert get("crm.Account", second)["owneridtype"] == "systemuser"


def test_an_owner_team_with_rows_cannot_be_deleted():
    north = team()
    account(ownerid=north)

    assert refusals(remove, "crm.Team", north) == [("", "in_use")]


def test_units_hang_below_the_root():
    north = unit()
    south = unit("South", parentbusinessunitid=north)

    assert get("crm.BusinessUnit", north)["parentbusinessunitid"] == root()
    assert refusals(change, "crm.BusinessUnit", north, parentbusinessunitid=south) == [
        ("parentbusinessunitid", "unit_in_circle")
    ]
    assert refusals(change, "crm.BusinessUnit", root(), parentbusinessunitid=south)[0] == (
        "parentbusinessunitid",
        "root_unit_stays",
    )
    assert change("crm.BusinessUnit", south, parentbusinessunitid=None)["parentbusinessunitid"] == root()
    assert refusals(remove, "crm.BusinessUnit", north) == []
    assert refusals(remove, "crm.BusinessUnit", root()) == [("", "in_use")]


def test_unit_names_are_unique():
    unit()

    assert refusals(create, "crm.BusinessUnit", name="North") == [("name", "unique_violation")]
