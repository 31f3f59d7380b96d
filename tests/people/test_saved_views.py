"""Saved views: a list's state under a name, for its user alone."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from people.models import SavedView, User
from tests.cast import make_user

pytestmark = pytest.mark.django_db
LIST = "/erp/customers/"


@pytest.fixture
def browser(viewer: User) -> Client:
    found = Client()
    found.force_login(viewer)
    return found


def save(
    browser: Client, name: str = "Blocked in Berlin", query: str = "filter=city%3DBerlin&sort=-name", **more: Any
) -> Any:
    form = {"name": name, "page": "erp.customer.list", "query": query, **more}
    return browser.post("/views/save/", form, headers={"HX-Request": "true"})


def test_the_dialog_knows_the_list_it_was_opened_on(browser: Client) -> None:
    address = f"http://testserver{LIST}?filter=city%3DBerlin"
    html = browser.get(
        "/views/save/", {"page": "erp.customer.list"}, headers={"HX-Current-URL": address}
    ).content.decode()

    assert 'value="erp.customer.list"' in html
    assert 'value="filter=city%3DBerlin"' in html


def test_a_saved_view_stands_in_the_menu_and_shows_its_records(browser: Client) -> None:
    answer = save(browser)

    view = SavedView.objects.get()
    assert answer["HX-Redirect"] == f"{LIST}?view=saved-{view.pk}"
    assert (view.filter, view.ordering) == ("city=Berlin", "-name")
    html = browser.get(LIST, {"view": f"saved-{view.pk}"}).content.decode()
    assert "Blocked in Berlin" in html
    assert f"/views/{view.pk}/delete/" in html


def test_the_filter_of_the_chosen_view_is_kept_with_the_own_one(browser: Client) -> None:
    save(browser, query="view=blocked&filter=city%3DBerlin")

    assert SavedView.objects.get().filter.endswith(",city=Berlin")


def test_the_same_name_replaces_the_view(browser: Client) -> None:
    save(browser)
    save(browser, query="filter=city%3DRoma")

    assert [view.filter for view in SavedView.objects.all()] == ["city=Roma"]


def test_nobody_sees_or_deletes_the_views_of_others(browser: Client) -> None:
    save(browser)
    view = SavedView.objects.get()
    other = Client()
    other.force_login(make_user("salesperson"))

    assert "Blocked in Berlin" not in other.get(LIST).content.decode()
    assert other.post(f"/views/{view.pk}/delete/").status_code == 404
    assert SavedView.objects.exists()


def test_a_view_is_deleted_by_its_user(browser: Client) -> None:
    save(browser)
    view = SavedView.objects.get()

    answer = browser.post(f"/views/{view.pk}/delete/", headers={"HX-Request": "true"})

    assert answer["HX-Redirect"] == LIST
    assert not SavedView.objects.exists()


@pytest.mark.parametrize(
    "wrong", [{"name": ""}, {"name": "x" * 61}, {"page": "erp.nothing"}, {"page": "people.settings"}]
)
def test_a_view_without_name_or_list_is_refused_in_the_dialog(browser: Client, wrong: dict[str, str]) -> None:
    answer = save(browser, **wrong)

    assert answer.status_code == 200
    assert 'role="alert"' in answer.content.decode()
    assert not SavedView.objects.exists()
