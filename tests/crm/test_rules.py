"""C1 to C4, C6 and C7, one claim a test."""

from __future__ import annotations

from decimal import Decimal

import pytest

from records.writes import Edit, delete, update
from tests.crm.tools import (
    UNKNOWN,
    account,
    base_currency,
    change,
    contact,
    currency,
    exists,
    get,
    refusals,
    remove,
    scalar,
    shown,
    system_user,
)

pytestmark = pytest.mark.usefixtures("anna")


# C1


@pytest.mark.parametrize(
    ("parts", "full"),
    [
        ({"firstname": "Maria", "lastname": "Anders"}, "Maria Anders"),
        ({"firstname": "Maria", "middlename": "del Carmen", "lastname": "Anders"}, "Maria Anders"),
        ({"firstname": None, "lastname": "Anders"}, "Anders"),
        ({"firstname": "Maria", "lastname": None}, "Maria"),
        ({"firstname": None, "lastname": None}, None),
        ({"firstname": "x" * 50, "lastname": "y" * 50}, "x" * 50 + " " + "y" * 50),
    ],
)
def test_the_full_name_is_first_and_last_name(parts, full):
    assert get("crm.Contact", contact(**parts))["fullname"] == full


def test_the_full_name_follows_a_change():
    pk = contact()

    assert change("crm.Contact", pk, lastname="Berg")["fullname"] == "Maria Berg"


def test_only_pages_need_a_last_name():
    assert refusals(contact, lastname=None, source="page") == [("lastname", "required")]
    assert exists("crm.Contact", contact(lastname=None, source="api"))


# C2


def test_money_without_a_currency_is_in_the_base_currency():
    row = get("crm.Account", account(creditlimit=Decimal("100")))

    assert row["transactioncurrencyid"] == base_currency()
    assert row["exchangerate"] == 1


def test_the_base_amount_is_the_amount_through_the_rate():
    record = shown("crm.Account", account(creditlimit="100", revenue="33.3333", transactioncurrencyid=currency()))

    assert record["exchangerate"] == "1.2500000000"
    assert (record["creditlimit_base"], record["revenue_base"]) == ("80.0000", "26.6666")


def test_a_row_keeps_its_rate_until_currency_or_money_changes():
    usd = currency()
    pk = account(creditlimit="100", transactioncurrencyid=usd)
    change("crm.TransactionCurrency", usd, exchangerate="2")

    assert change("crm.Account", pk, name="Other")["exchangerate"] == Decimal("1.25")
    assert change("crm.Account", pk, creditlimit="200")["exchangerate"] == 2


def test_without_money_and_currency_there_is_no_rate():
    pk = account(transactioncurrencyid=currency())

    row = change("crm.Account", pk, transactioncurrencyid=None)

    assert (row["transactioncurrencyid"], row["exchangerate"]) == (None, None)
    assert shown("crm.Account", pk)["creditlimit_base"] is None


def test_the_base_currency_stays_what_it_is():
    eur = base_currency()

    assert refusals(change, "crm.TransactionCurrency", eur, exchangerate="1.1") == [
        ("exchangerate", "base_currency_rate")
    ]
    assert refusals(remove, "crm.TransactionCurrency", eur) == [("", "base_currency_stays")]


@pytest.mark.parametrize("rate", ["0", "-1", None])
def test_rates_are_above_zero(rate):
    assert ("exchangerate", "rate_not_positive") in refusals(currency, rate=rate)


def test_currency_codes_are_in_capitals_unique_and_stay():
    usd = currency("usd")

    assert get("crm.TransactionCurrency", usd)["isocurrencycode"] == "USD"
    assert refusals(currency, "USD") == [("isocurrencycode", "unique_violation")]


def test_a_currency_in_use_cannot_be_deleted():
    usd = currency()
    account(transactioncurrencyid=usd)

    assert refusals(remove, "crm.TransactionCurrency", usd) == [("", "in_use")]


# C3 and C4


@pytest.mark.parametrize(
    ("given", "pair"),
    [
        ({"statecode": 1}, (1, 2)),
        ({"statuscode": 2}, (1, 2)),
        ({"statecode": 1, "statuscode": 2}, (1, 2)),
        ({"statecode": 0}, (0, 1)),
        ({"statecode": 1, "statuscode": None}, (1, 2)),
    ],
)
def test_a_status_reason_belongs_to_its_status(given, pair):
    row = get("crm.Account", _changed(account(), **given))

    assert (row["statecode"], row["statuscode"]) == pair


def test_a_pair_that_does_not_fit_is_refused():
    assert refusals(change, "crm.Account", account(), statecode=1, statuscode=1) == [
        ("statuscode", "status_does_not_fit")
    ]
    assert refusals(change, "crm.Account", account(), statuscode=7) == [("statuscode", "invalid_option")]


def test_an_active_record_is_activated_again():
    pk = account()
    change("crm.Account", pk, statecode=1)

    row = change("crm.Account", pk, statecode=0)

    assert (row["statecode"], row["statuscode"]) == (0, 1)


@pytest.mark.parametrize("given", [{"statecode": 1}, {"statuscode": 2}, {"statecode": 1, "statuscode": 2}])
def test_new_records_are_active(given):
    name = "statecode" if "statecode" in given else "statuscode"
    row = get("crm.Account", account(**given, source="page"))

    assert refusals(account, **given) == [(name, "not_on_create")]
    assert (row["statecode"], row["statuscode"]) == (0, 1)


def test_inactive_records_are_read_only_on_pages():
    pk = account()
    change("crm.Account", pk, statecode=1)

    assert refusals(change, "crm.Account", pk, name="Other", source="page") == [("", "inactive_read_only")]
    assert change("crm.Account", pk, name="Other", source="sync")["name"] == "Other"
    assert change("crm.Account", pk, name="Third", statecode=0, source="page")["name"] == "Third"


def _changed(pk, **given):
    update("crm.Account", [Edit(pk, given)], source="api")
    return pk


# C6


def test_the_parent_of_a_contact_is_an_account_or_a_contact():
    company = account()
    boss = contact(parentcustomerid=company, parentcustomeridtype="account")
    helper = contact(parentcustomerid=boss)

    first, second = shown("crm.Contact", boss), shown("crm.Contact", helper)

    assert (first["accountid"], first["parentcontactid"], first["parentcustomeridname"]) == (company, None, "Adatum")
    assert (second["accountid"], second["parentcontactid"]) == (None, boss)
    assert second["parentcustomeridtype"] == "contact"


def test_a_contact_is_not_its_own_parent_and_unknown_ones_are_refused():
    pk = contact()

    assert refusals(change, "crm.Contact", pk, parentcustomerid=pk) == [("parentcustomerid", "not_found")]
    assert refusals(change, "crm.Contact", pk, parentcustomerid=UNKNOWN) == [("parentcustomerid", "not_found")]


def test_a_parent_without_value_has_no_type():
    pk = contact(parentcustomerid=account())

    row = change("crm.Contact", pk, parentcustomerid=None)

    assert (row["parentcustomerid"], row["parentcustomeridtype"]) == (None, None)


# accounts


def test_an_account_is_not_above_itself():
    top = account()
    middle = account(name="Middle", parentaccountid=top)
    low = account(name="Low", parentaccountid=middle)

    assert refusals(change, "crm.Account", top, parentaccountid=top) == [("parentaccountid", "account_in_circle")]
    assert refusals(change, "crm.Account", top, parentaccountid=low) == [("parentaccountid", "account_in_circle")]
    assert change("crm.Account", low, parentaccountid=top)["parentaccountid"] == top


def test_two_accounts_of_one_batch_do_not_close_a_circle():
    one, two = account(), account(name="Two")

    written = update(
        "crm.Account", [Edit(one, {"parentaccountid": two}), Edit(two, {"parentaccountid": one})], source="sync"
    )

    assert [row.errors[0].code for row in written.rejected] == ["account_in_circle", "account_in_circle"]


def test_the_address_is_shown_as_one_text():
    pk = account(
        address1_line1="Storgatan 1", address1_postalcode="211 34", address1_city="Malmö", address1_country="SE"
    )

    assert shown("crm.Account", pk)["address1_composite"] == "Storgatan 1\n211 34 Malmö\nSE"
    assert shown("crm.Account", account())["address1_composite"] is None


# C7


def test_people_and_daughters_of_a_deleted_account_stay():
    company = account()
    person = contact(parentcustomerid=company)
    daughter = account(name="Daughter", parentaccountid=company)

    remove("crm.Account", company)

    assert get("crm.Contact", person)["parentcustomerid"] is None
    assert get("crm.Contact", person)["parentcustomeridtype"] is None
    assert get("crm.Account", daughter)["parentaccountid"] is None


def test_accounts_lose_a_deleted_primary_contact():
    person = contact()
    company = account(primarycontactid=person)
    helper = contact(parentcustomerid=person)

    remove("crm.Contact", person)

    assert get("crm.Account", company)["primarycontactid"] is None
    assert get("crm.Contact", helper)["parentcustomerid"] is None


def test_mother_and_daughter_go_together():
    mother = account()
    daughter = account(name="Daughter", parentaccountid=mother)

    assert len(delete("crm.Account", [(mother, None), (daughter, None)], source="api").rows) == 2


def test_a_change_by_a_rule_raises_the_version():
    company = account()
    person = contact(parentcustomerid=company)

    remove("crm.Account", company)

    assert scalar("SELECT row_version FROM crm_contact WHERE contactid = %s", person) == 2


def test_users_may_be_found_by_their_full_name():
    pk = system_user("bo.ek", firstname="Bo", lastname="Ek")

    assert scalar("SELECT search_fold FROM crm_systemuser WHERE systemuserid = %s", pk) == "bo ek  bo.ek"
