"""Pages of this side, as a browser asks for them."""

from __future__ import annotations

import pytest
from django.test import Client

from crm.rules.team import members
from crm.services.team import team_set_members
from pages import registry
from pages.cards import CardPage
from pages.lists import ListPage
from tests.cast import make_user
from tests.crm.tools import account, change, contact, create, currency, get, scalar, system_user, team, user_named

pytestmark = pytest.mark.usefixtures("anna")

LISTS = [p.name for p in registry.every() if isinstance(p, ListPage) and p.name.startswith("crm.")]
FORMS = [p.name for p in registry.every() if isinstance(p, CardPage) and p.name.startswith("crm.")]


@pytest.fixture
def people():
    """System users for the people of the tests."""
    return {name: system_user(name) for name in ("admin", "salesperson")}


def browser_of(name):
    client = Client()
    client.force_login(make_user(name))
    return client


@pytest.fixture
def browser(people):
    return browser_of("salesperson")


@pytest.fixture
def admin_browser(people):
    return browser_of("admin")


def act(client, list_name, which, *pks):
    address = f"{registry.reverse(list_name)}actions/{which}/"
    return client.post(address, {"ids": pks, "confirmed": "1"}, headers={"HX-Request": "true"})


def save(client, form, pk, /, **values):
    """Press Save on a form after changing these fields."""
    label = registry.get(form).model
    version = registry.get(form).table.model.objects.values_list("row_version", flat=True).get(pk=pk)
    data = {**values, "changed": ",".join(values), "row_version": version}
    client.post(registry.reverse(form, pk=pk), data, headers={"HX-Request": "true"})
    return get(label, pk)


@pytest.mark.parametrize("name", LISTS)
def test_every_list_opens_with_each_of_its_views(browser, name):
    account()
    contact()
    team()

    views = registry.get(name).all("views")

    assert views
    for view in views:
        assert browser.get(registry.reverse(name), {"view": view.name}).status_code == 200


@pytest.mark.parametrize("name", FORMS)
def test_every_form_opens_for_a_record_and_for_a_new_one(admin_browser, name):
    account()
    contact()
    record = registry.get(name).table.model.objects.first()

    assert admin_browser.get(registry.reverse(name, pk=record.pk)).status_code == 200
    assert admin_browser.get(registry.reverse(f"{name}.new")).status_code == 200


def test_home_counts_what_its_tiles_open(browser, people):
    account(ownerid=people["salesperson"])
    account(name="Zetterlund")

    text = browser.get("/crm/").content.decode()
    mine = browser.get("/crm/accounts/", {"view": "mine"}).content.decode()

    assert "My Active Accounts" in text
    assert "Adatum" in mine
    assert "Zetterlund" not in mine


def test_the_form_of_an_account_lists_its_people(browser):
    pk = account()
    contact(parentcustomerid=pk)
    contact(firstname="Hans", lastname="Fremd")

    text = browser.get(registry.reverse("crm.account.card", pk=pk)).content.decode()

    assert "Maria Anders" in text
    assert "Hans Fremd" not in text


def test_a_new_contact_begins_with_the_account_it_was_made_from(browser):
    pk = account()

    answer = browser.get(f"{registry.reverse('crm.account.card', pk=pk)}actions/new_contact/", follow=True)

    assert answer.redirect_chain
    assert pk in answer.content.decode()


def test_a_form_saves_its_fields(browser):
    assert save(browser, "crm.account.card", account(), telephone1="+46 8 1")["telephone1"] == "+46 8 1"


def test_an_inactive_record_cannot_be_changed_on_its_form(browser):
    pk = account()
    change("crm.Account", pk, statecode=1)

    assert save(browser, "crm.account.card", pk, telephone1="+46 8 1")["telephone1"] is None


def test_selected_records_are_deactivated_and_activated(browser):
    pks = [account(), account(name="Other")]

    act(browser, "crm.account.list", "deactivate", *pks)
    assert [get("crm.Account", pk)["statecode"] for pk in pks] == [1, 1]

    act(browser, "crm.account.list", "activate", *pks)
    assert [get("crm.Account", pk)["statuscode"] for pk in pks] == [1, 1]


def test_deactivating_asks_first(browser):
    pk = account()

    answer = browser.post(
        f"{registry.reverse('crm.account.list')}actions/deactivate/", {"ids": [pk]}, headers={"HX-Request": "true"}
    )

    assert "Inactive records are kept" in answer.content.decode()
    assert get("crm.Account", pk)["statecode"] == 0


def test_only_administrators_disable_users(browser, admin_browser):
    bo = system_user()

    assert act(browser, "crm.system_user.list", "disable", bo).status_code == 403
    act(admin_browser, "crm.system_user.list", "disable", bo)
    assert get("crm.SystemUser", bo)["isdisabled"]
    act(admin_browser, "crm.system_user.list", "enable", bo)
    assert not get("crm.SystemUser", bo)["isdisabled"]


def test_what_is_enabled_already_is_not_enabled_again(admin_browser):
    answer = act(admin_browser, "crm.system_user.list", "enable", user_named("anna"))

    assert "The user is enabled." in answer["HX-Trigger"]


def test_option_values_belong_to_administrators(browser, admin_browser):
    pk = create("crm.OptionValue", attributename="paymenttermscode", label="Net 90")

    assert save(browser, "crm.option_value.card", pk, label="90 days")["label"] == "Net 90"
    assert save(admin_browser, "crm.option_value.card", pk, label="90 days")["label"] == "90 days"


def test_the_base_currency_is_marked(browser):
    usd, eur = currency(), scalar("SELECT transactioncurrencyid FROM crm_transactioncurrency WHERE isbasecurrency")
    mark = '<span class="chip info">Base Currency</span>'

    assert mark in browser.get(registry.reverse("crm.transaction_currency.card", pk=eur)).content.decode()
    assert mark not in browser.get(registry.reverse("crm.transaction_currency.card", pk=usd)).content.decode()


def test_the_members_of_a_team_are_chosen_in_a_dialog(browser, admin_browser):
    bo, lena, north = system_user("bo"), system_user("lena"), team()
    change("crm.SystemUser", lena, isdisabled=True)
    team_set_members(team=north, users=[lena])
    data = {"table": "crm.Team", "ids": north, "users": [bo]}

    assert browser.post("/crm/teams/members/", data).status_code == 403
    question = admin_browser.get("/crm/teams/members/", {"table": "crm.Team", "ids": north}).content.decode()
    admin_browser.post("/crm/teams/members/", data, headers={"HX-Request": "true"})

    assert "Bo" in question
    assert "Lena" not in question
    assert members([north])[north] == sorted([bo, lena])


def test_the_side_pane_of_a_team_shows_its_members(admin_browser):
    north = team()
    team_set_members(team=north, users=[system_user("bo")])

    text = admin_browser.get(f"{registry.reverse('crm.team.card', pk=north)}factboxes/").content.decode()

    assert "Bo" in text
