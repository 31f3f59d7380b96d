"""Extensible option sets live in crm.OptionValue."""

from __future__ import annotations

import pytest

from crm.choices import STOCK_OPTIONS
from records.writes import insert
from tests.crm.tools import account, change, contact, create, get, refusals, remove, scalar

pytestmark = pytest.mark.usefixtures("anna")
TERMS = "paymenttermscode"


def option(label="Net 90", attribute=TERMS, **values):
    return create("crm.OptionValue", entityname="account", attributename=attribute, label=label, **values)


def test_the_stock_values_are_the_first_ones():
    assert scalar("SELECT count(*) FROM crm_optionvalue") == sum(map(len, STOCK_OPTIONS.values()))


def test_new_values_are_numbered_from_one_hundred_million():
    first, second = option(), option("Net 120")

    assert get("crm.OptionValue", first)["value"] == 100_000_000
    assert get("crm.OptionValue", second)["value"] == 100_000_001


def test_each_set_counts_for_itself_also_within_one_batch():
    rows = [{"attributename": a, "label": f"New {n}"} for a in STOCK_OPTIONS for n in (1, 2)]

    written = insert("crm.OptionValue", rows, source="sync").rows

    assert [row.get("value") for row in written] == [100_000_000, 100_000_001] * 3


def test_a_label_stands_once_in_its_set_case_ignored():
    assert refusals(option, "NET 30") == [("label", "unique_violation")]
    assert option("Net 30", attribute="address1_freighttermscode")
    assert refusals(change, "crm.OptionValue", option(), label="net 45") == [("label", "unique_violation")]


def test_a_number_stands_once_in_its_set():
    assert refusals(option, "New", value=1) == [("value", "unique_violation")]


def test_only_known_option_sets_take_values():
    assert refusals(option, attribute="industrycode") == [("attributename", "invalid_option")]
    assert refusals(create, "crm.OptionValue", entityname="lead", attributename=TERMS, label="x") == [
        ("entityname", "invalid_option")
    ]


@pytest.mark.parametrize("make", [account, contact])
def test_records_take_values_of_the_set_only(make):
    new = get("crm.OptionValue", option())["value"]
    label = "crm.Account" if make is account else "crm.Contact"

    assert get(label, make(**{TERMS: new}))[TERMS] == new
    assert refusals(make, **{TERMS: 77}) == [(TERMS, "unknown_option")]
    assert refusals(make, address1_freighttermscode=new) == [("address1_freighttermscode", "unknown_option")]


@pytest.mark.parametrize("make", [account, contact])
def test_a_value_in_use_cannot_be_deleted(make):
    pk = option()
    make(**{TERMS: get("crm.OptionValue", pk)["value"]})

    assert refusals(remove, "crm.OptionValue", pk) == [("", "in_use")]


def test_a_free_value_can_be_deleted():
    pk = option()
    account(address1_shippingmethodcode=1)

    assert refusals(remove, "crm.OptionValue", pk) == []
