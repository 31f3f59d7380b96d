"""What an installation starts with."""

from __future__ import annotations

import pytest

from erp.selectors import setup as setups
from erp.services.installation import SETUPS, install
from records import db
from records.schema import schema
from tests.erp.tools import change, country, marketing, pk_of, setup


@pytest.mark.django_db
@pytest.mark.parametrize("label", SETUPS)
def test_every_setup_has_its_one_row_from_the_beginning(label):
    assert db.one(f'SELECT count(*) FROM "{schema(label).table}"') == (1,)


@pytest.mark.usefixtures("installed")
def test_setups_name_the_shipped_series_and_relations():
    assert setups.sales()["customer_nos"] == pk_of("erp.NoSeries", "CUST")
    assert setups.setup("erp.PurchasesPayablesSetup")["vendor_nos"] == pk_of("erp.NoSeries", "VEND")
    now = setups.marketing()
    assert (now["contact_nos"], now["opportunity_nos"]) == (pk_of("erp.NoSeries", "CONT"), pk_of("erp.NoSeries", "OPP"))
    assert now["bus_rel_code_for_customers"] == pk_of("erp.BusinessRelation", "CUST")
    assert now["bus_rel_code_for_vendors"] == pk_of("erp.BusinessRelation", "VEND")


@pytest.mark.usefixtures("installed")
def test_installing_again_changes_nothing_that_somebody_changed():
    change("erp.CountryRegion", country("DE"), name="Allemagne")
    change("erp.NoSeries", pk_of("erp.NoSeries", "CUST"), manual_nos=False)
    marketing(bus_rel_code_for_customers=None)
    setup("erp.GeneralLedgerSetup", lcy_code="SEK", local_currency_symbol="kr")
    tables = ("erp_countryregion", "erp_noseries", "erp_noseriesline", "erp_marketingsetup", "erp_generalledgersetup")
    before = {table: db.rows(f"SELECT * FROM {table} ORDER BY system_id") for table in tables}

    install()

    assert {table: db.rows(f"SELECT * FROM {table} ORDER BY system_id") for table in tables} == before


@pytest.mark.usefixtures("installed")
def test_a_setup_never_gets_a_second_row():
    from records.writes import insert

    written = insert("erp.MarketingSetup", [{}], source="setup")

    assert [error.code for error in written.rejected[0].errors] == ["unique_violation"]


@pytest.mark.django_db
def test_the_company_knows_when_it_was_made():
    now = setups.company()

    assert now["name"]
    assert now["created_datetime"] is not None
    assert now["demo_company"] is False
