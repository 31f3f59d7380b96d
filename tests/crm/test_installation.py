"""The first day of the Sales side, and the second."""

from __future__ import annotations

import pytest

from crm.services.installation import install
from people.models import User
from records import db
from tests.crm.tools import COMPANY_ID, get, scalar, user_named

TABLES = ("businessunit", "team", "systemuser", "transactioncurrency", "company", "optionvalue")


def counts():
    return {table: scalar(f"SELECT count(*) FROM crm_{table}") for table in TABLES}


@pytest.mark.usefixtures("installed")
def test_a_second_run_changes_nothing():
    before = counts()
    db.execute("DELETE FROM crm_optionvalue WHERE label = 'Airborne'")

    install(organization="Other", company_name="Other", company_id=COMPANY_ID, integration_user="integration")

    assert counts() == {**before, "optionvalue": before["optionvalue"] - 1}


@pytest.mark.usefixtures("installed")
def test_the_company_row_names_the_erp_company_and_its_owner_team():
    row = get("crm.Company", scalar("SELECT bcbi_companyid FROM crm_company"))

    assert (row["bcbi_name"], row["bcbi_externalid"]) == ("Cronus", COMPANY_ID)
    assert row["bcbi_defaultowningteam"] == row["ownerid"] == scalar("SELECT teamid FROM crm_team WHERE isdefault")


@pytest.mark.usefixtures("installed")
def test_the_integration_user_is_marked_as_one():
    user = get("crm.SystemUser", user_named("integration"))

    assert (user["isintegrationuser"], user["isdisabled"], user["accessmode"]) == (True, False, 4)


@pytest.mark.django_db
def test_users_made_before_the_organization_get_their_system_user():
    User.objects.create_user("early", "correct horse battery")

    install(organization="Tandem", company_name="Cronus", company_id=COMPANY_ID, integration_user="integration")

    assert get("crm.SystemUser", user_named("early"))["fullname"] == "Early"


@pytest.mark.usefixtures("installed")
def test_the_base_currency_is_the_euro_at_one():
    found = db.rows("SELECT isocurrencycode, exchangerate FROM crm_transactioncurrency WHERE isbasecurrency")

    assert found == [("EUR", 1)]
