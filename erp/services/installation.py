"""What an installation has before anybody enters data: countries, number series, business relations, setups."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from erp.rules.currency import symbol_of
from erp.selectors.country import shipped_countries
from records import db
from records.schema import schema
from records.writes import Edit, insert, update

SETUPS = (
    "erp.CompanyInformation",
    "erp.GeneralLedgerSetup",
    "erp.SalesReceivablesSetup",
    "erp.PurchasesPayablesSetup",
    "erp.MarketingSetup",
)
#: code -> description, and its lines: first number, last number, step. The second line takes over from a full one.
SERIES = {
    "CUST": ("Customers", (("C00010", "C99990", 10), ("C100000", "", 10))),
    "CONT": ("Contacts", (("CT000001", "CT999999", 1), ("CT1000000", "", 1))),
    "VEND": ("Vendors", (("V00010", "V99990", 10), ("V100000", "", 10))),
    "OPP": ("Opportunities", (("OP000001", "", 1),)),
}
RELATIONS = {"CUST": "Customer", "VEND": "Vendor"}
LCY, LCY_DESCRIPTION = "EUR", "Euro"


def ensure_setup_rows(*_args: object, **_options: object) -> None:
    """Each setup table has its one row; runs after every migrate."""
    for label in SETUPS:
        table = schema(label).table
        if db.one("SELECT to_regclass(%s)", [table]) != (None,) and not db.one(f'SELECT 1 FROM "{table}"'):
            insert(label, [{"name": "Tandem"} if label == "erp.CompanyInformation" else {}], source="setup")


@transaction.atomic
def install() -> None:
    """Put in what is missing; what somebody has changed stays as it is. May run again at any time."""
    ensure_setup_rows()
    _install_countries()
    _add_missing("erp.BusinessRelation", {code: {"description": text} for code, text in RELATIONS.items()})
    _install_series()
    _point_setups()


def _codes(label: str) -> dict[str, str]:
    return dict(db.rows(f'SELECT code, system_id FROM "{schema(label).table}"'))


def _add_missing(label: str, wanted: dict[str, dict[str, Any]]) -> dict[str, str]:
    """Insert the codes that are not there yet; {code: primary key} of all."""
    known = _codes(label)
    missing = [{"code": code, **values} for code, values in wanted.items() if code not in known]
    if missing:
        insert(label, missing, source="setup")
    return _codes(label)


def _install_countries() -> None:
    _add_missing(
        "erp.CountryRegion",
        {
            country.code: {"name": country.name, "iso_code": country.code, "iso_numeric_code": country.numeric}
            for country in shipped_countries()
        },
    )


def _install_series() -> None:
    known = set(_codes("erp.NoSeries"))
    pks = _add_missing("erp.NoSeries", {code: {"description": text} for code, (text, _lines) in SERIES.items()})
    lines = [
        {"series_code": pks[code], "starting_no": first, "ending_no": last, "increment_by_no": step}
        for code, (_description, ranges) in SERIES.items()
        for first, last, step in ranges
        if code not in known
    ]
    if lines:
        insert("erp.NoSeriesLine", lines, source="setup")


def _point_setups() -> None:
    """Name the shipped series and relations in setups that name none; a local currency where there is none."""
    series, relations = _codes("erp.NoSeries"), _codes("erp.BusinessRelation")
    _fill_blank("erp.SalesReceivablesSetup", {"customer_nos": series["CUST"]})
    _fill_blank("erp.PurchasesPayablesSetup", {"vendor_nos": series["VEND"]})
    _fill_blank(
        "erp.MarketingSetup",
        {
            "contact_nos": series["CONT"],
            "opportunity_nos": series["OPP"],
            "bus_rel_code_for_customers": relations["CUST"],
            "bus_rel_code_for_vendors": relations["VEND"],
        },
    )
    currency = {"local_currency_symbol": symbol_of(LCY), "local_currency_description": LCY_DESCRIPTION}
    _fill_blank("erp.GeneralLedgerSetup", {"lcy_code": LCY, **currency})


def _fill_blank(label: str, values: dict[str, Any]) -> None:
    """Fill a setup that nobody has touched: as soon as its first field has a value, all of it stays."""
    described = schema(label)
    first = next(iter(values))
    found = db.one(f'SELECT t.system_id, {described[first].sql("t")} FROM "{described.table}" t')
    if found and not found[1]:
        update(label, [Edit(found[0], values)], source="setup")
