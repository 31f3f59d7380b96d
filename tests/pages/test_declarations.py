"""Declarations of pages: a misspelt name is found before the first request, extensions reach their targets."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import RequestFactory

from pages import (
    Action,
    CardPage,
    Chip,
    Column,
    Cue,
    CueGroup,
    FastTab,
    Lines,
    ListPage,
    RoleCentrePage,
    View,
    extend,
    register,
    registry,
)
from pages.checks import check_pages, findings
from tests.cast import make_user

CUSTOMER = {
    "name": "test.customer.list",
    "app": "erp",
    "model": "erp.Customer",
    "path": "test/customers/",
    "title": "T",
}
CARD = {"name": "test.customer.card", "app": "erp", "model": "erp.Customer", "path": "test/<uuid:pk>/", "title": "T"}


def page(kind: type, **parts: Any) -> Any:
    return type("Test", (kind,), parts)()


def wrong(kind: type, **parts: Any) -> str:
    return " ".join(findings(page(kind, **parts)))


def test_the_shipped_pages_have_no_findings() -> None:
    assert check_pages() == []


def test_a_misspelt_option_is_an_error_when_the_class_is_made() -> None:
    with pytest.raises(TypeError, match="colums"):
        page(ListPage, colums=("no",))
    with pytest.raises(TypeError, match="get_colums"):
        page(ListPage, get_colums=lambda self, request: ())


@pytest.mark.parametrize(
    ("parts", "said"),
    [
        ({"columns": ("no", "nmae")}, "nmae"),
        ({"columns": ("no", "no")}, "stands twice"),
        ({"columns": ("no",), "views": (View("v", "V", "blokced=Ship"),)}, "blokced"),
        ({"columns": ("no",), "views": (View("v", "V", "", sort="nmae"),)}, "nmae"),
        ({"columns": ("no",), "base_filter": "no>="}, "FilterError"),
        ({"columns": ("no",), "card": "erp.contact.card"}, "no card"),
        ({"columns": ("no",), "filter_fields": ("nmae",)}, "nmae"),
        ({"columns": ("no",), "menu": ("sails", 1)}, "sails"),
        ({"columns": ("no",), "icon": "no_such_icon"}, "no_such_icon"),
        ({"columns": ("no",), "right": "veiw"}, "veiw"),
        ({"columns": ("no",), "actions": (Action("a", "A", dialog="no.such.dialog"),)}, "no.such.dialog"),
        ({"columns": ("no",), "actions": (Action("a", "A", url="/", group="gruop"),)}, "gruop"),
        ({"columns": ("no",), "model": "erp.Custommer"}, "Custommer"),
    ],
)
def test_what_a_list_names_must_exist(parts: dict[str, Any], said: str) -> None:
    assert said in wrong(ListPage, **{**CUSTOMER, **parts})


@pytest.mark.parametrize(
    ("parts", "said"),
    [
        ({"fasttabs": (FastTab("g", "G", ("no", "nmae")),)}, "nmae"),
        ({"fasttabs": (FastTab("g", "G", ("no",), summary=("nmae",)),)}, "nmae"),
        ({"fasttabs": (Lines("l", "L", "erp.Customer", "bill_to", ("no",)),)}, "bill_to"),
        ({"fasttabs": (), "list": "no.such.list"}, "no.such.list"),
        ({"fasttabs": (), "lookup_filters": {"country_region_code": "cdoe=SE"}}, "cdoe"),
    ],
)
def test_what_a_card_names_must_exist(parts: dict[str, Any], said: str) -> None:
    assert said in wrong(CardPage, **{**CARD, **parts})


def test_a_cue_must_lead_to_a_list_and_view_that_exist() -> None:
    group = CueGroup(
        "g", "G", (Cue("c", "C", page="erp.customer.list", view="vaantage"), Cue("d", "D", page="no.list"))
    )

    said = wrong(RoleCentrePage, name="test.home", app="erp", path="test/", title="T", parts=(group,))

    assert "vaantage" in said
    assert "no.list" in said


def test_an_action_has_exactly_one_way_to_be_done() -> None:
    with pytest.raises(TypeError, match="exactly one"):
        Action("a", "A")
    with pytest.raises(TypeError, match="scope"):
        Action("a", "A", url="/", scope="several")  # type: ignore[arg-type]


def test_an_extension_reaches_its_target_and_is_gone_afterwards() -> None:
    before = registry.get("erp.customer.list").all("columns")
    with registry.temporary():
        extend("erp.customer.list", columns=("gln",), views=(View("coupled", "Coupled", "gln=''"),))
        assert registry.freeze() == []
        assert registry.get("erp.customer.list").all("columns") == (*before, "gln")

    assert registry.get("erp.customer.list").all("columns") == before


def test_an_extension_of_nothing_is_told_by_the_check() -> None:
    with registry.temporary():
        extend("erp.custommer.list", columns=("gln",))
        extend("erp.customer.list", fasttabs=(FastTab("g", "G", ()),))

        said = " ".join(error.msg for error in check_pages())

    assert "erp.custommer.list" in said
    assert "has no fasttabs" in said
    assert check_pages() == []


def test_an_extension_by_an_unknown_part_is_an_error_at_once() -> None:
    with registry.temporary(), pytest.raises(TypeError, match="colums"):
        extend("erp.customer.list", colums=("gln",))


def test_a_frozen_registry_takes_nothing() -> None:
    registry.freeze()

    with pytest.raises(RuntimeError, match="frozen"):
        register(type("Late", (ListPage,), CUSTOMER))
    with pytest.raises(LookupError):
        registry.get("no.such.page")


def test_a_name_is_taken_once() -> None:
    with registry.temporary(), pytest.raises(ValueError, match=r"erp\.customer\.list"):
        register(type("Again", (ListPage,), {**CUSTOMER, "name": "erp.customer.list"}))


@pytest.mark.django_db
def test_a_method_overrides_an_attribute() -> None:
    request = RequestFactory().get("/")
    request.user = make_user("admin")
    found = page(ListPage, **CUSTOMER, columns=("no",), get_columns=lambda self, request: ("no", Column("name", "Who")))

    assert [str(column.title) for column in found.bound_columns(request)] == ["No.", "Who"]


def test_a_computed_column_needs_a_caption() -> None:
    with pytest.raises(TypeError, match="caption"):
        Column("x", compute=lambda _pks: {})
    assert Chip("Word").tone == "neutral"
