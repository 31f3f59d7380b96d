"""The questions that every registered page answers, without new test code for a new page."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import openpyxl
import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from demo.installation import set_up
from pages import registry
from pages.cards import CardPage
from pages.dialogs import DialogPage
from pages.lists import ListPage
from pages.page import Page
from pages.rolecentre import RoleCentrePage
from records import db
from records.filters import is_filterable
from records.listing import is_orderable
from records.schema import FieldInfo, schema
from tests.cast import make_user
from tests.contract.rows import make

pytestmark = pytest.mark.django_db

LISTS = [page for page in registry.every() if isinstance(page, ListPage)]
CARDS = [page for page in registry.every() if isinstance(page, CardPage)]
MADE_HERE = [page for page in LISTS if page.card and page.insert is not False]
EDITABLE = [
    page
    for page in CARDS
    if page.editable and page.insert and not page.is_singleton and page.name[:4] in ("erp.", "crm.")
]
HTMX = {"HX-Request": "true"}


def names(pages: list[Any]) -> list[str]:
    return [page.name for page in pages]


@pytest.fixture(scope="module")
def installation(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """Both sides as after the first start, without demo data; made once, taken back behind the last test."""
    with django_db_blocker.unblock():
        around = transaction.atomic()
        around.__enter__()
        set_up(demo_data=False, tell=lambda _line: None)
    yield
    with django_db_blocker.unblock():
        transaction.set_rollback(True)
        around.__exit__(None, None, None)


@pytest.fixture
def installed(installation: None, db: Any) -> None:
    """The installation, and a transaction of the test's own."""


@pytest.fixture
def browser(installed: None) -> Client:
    client = Client()
    client.force_login(make_user("admin"))
    return client


def rows_of(answer: Any) -> list[str]:
    return re.findall(r'<tr data-pk="([0-9a-f-]{36})"', answer.content.decode())


def get(client: Client, address: str, **query: str) -> Any:
    answer = client.get(address, query, headers=HTMX)
    assert answer.status_code == 200, answer.content[:300]
    return answer


def is_made(page: Any) -> bool:
    """False for views of the database, whose rows come from other tables."""
    return bool(page.table.model._meta.managed)


def list_of(name: str) -> ListPage:
    page = registry.get(name)
    assert isinstance(page, ListPage)
    return page


def card_of(name: str) -> CardPage:
    page = registry.get(name)
    assert isinstance(page, CardPage)
    return page


# --- lists ---


@pytest.mark.parametrize("name", names(LISTS))
def test_a_list_opens_with_each_of_its_views(browser: Client, name: str) -> None:
    page = list_of(name)
    make(page.model, 3)

    answer = browser.get(registry.reverse(name))

    assert answer.status_code == 200
    for view in page.all("views"):
        assert 'role="alert"' not in get(browser, registry.reverse(name), view=view.name).content.decode(), view.name


@pytest.mark.parametrize("name", names(LISTS))
def test_a_list_sorts_by_every_column_both_ways(browser: Client, name: str) -> None:
    page = list_of(name)
    make(page.model, 3)
    table = page.table

    for column in page.all("columns"):
        field = column if isinstance(column, str) else column.name
        if getattr(column, "visible", None) is not None:  # stands there only under a connection
            continue
        if field in table and is_orderable(table[field]):
            for order, direction in ((field, "ascending"), (f"-{field}", "descending")):
                assert f'aria-sort="{direction}"' in get(browser, registry.reverse(name), sort=order).content.decode()


@pytest.mark.parametrize("name", names(LISTS))
def test_a_list_filters_by_every_field(browser: Client, name: str) -> None:
    page = list_of(name)
    make(page.model, 2)
    wanted = [info for info in page.table if is_filterable(info) and info.kind != "bool"]

    answer = get(browser, registry.reverse(name), filter=",".join(f"{info.name}=<>''" for info in wanted[:90]))

    assert "The filter cannot be used" not in answer.content.decode()


@pytest.mark.parametrize("name", names(LISTS))
def test_a_filter_that_does_not_parse_is_said_and_shows_nothing(browser: Client, name: str) -> None:
    page = list_of(name)
    make(page.model, 2)

    answer = get(browser, registry.reverse(name), filter="no such=field")

    assert 'role="alert"' in answer.content.decode()
    assert rows_of(answer) == []


@pytest.mark.parametrize(
    "name", [n for n in names(LISTS) if getattr(list_of(n).table.model.Record, "search", ()) and is_made(list_of(n))]
)
def test_a_list_finds_text_without_accents(browser: Client, name: str) -> None:
    page = list_of(name)
    (pk,) = make(page.model, 1, first=7777)
    searched = db.one(f'SELECT search_fold FROM "{page.table.table}" WHERE "{page.table.pk_column}" = %s::uuid', [pk])
    word = max(searched[0].split(), key=len, default="") if searched else ""
    assert word.isascii()

    first_view = page.all("views")[-1].name if page.all("views") else ""
    found = [rows_of(get(browser, registry.reverse(name), q=word, view=v)) for v in {"", first_view, "all"}]

    assert any(pk in rows for rows in found)


@pytest.mark.parametrize("name", names(LISTS))
def test_a_list_asks_the_same_number_of_queries_for_many_rows(browser: Client, name: str) -> None:
    page = list_of(name)
    address = registry.reverse(name)
    last = page.all("views")[-1].name if page.all("views") else ""
    counts = []
    for first, more in ((0, 10), (10, 50)):
        make(page.model, more, first=first)
        browser.get(address, {"view": last})
        with CaptureQueriesContext(connection) as queries:
            browser.get(address, {"view": last})
        counts.append(len(queries))

    assert counts[1] <= counts[0] + 2, counts  # the count of a full first page is one more


@pytest.mark.parametrize("name", names(LISTS))
def test_what_follows_a_selection_opens(browser: Client, name: str) -> None:
    page = list_of(name)
    pks = make(page.model, 2)

    one = get(browser, f"{registry.reverse(name)}selected/", list=name, ids=(pks or ["nothing"])[0])
    everything = get(browser, f"{registry.reverse(name)}selected/", list=name, all="1", state="")
    counts = get(browser, f"{registry.reverse(name)}counts/")

    for answer in (one, everything, counts):
        assert answer.status_code == 200


@pytest.mark.parametrize("name", [n for n in names(LISTS) if list_of(n).export])
def test_a_list_exports_its_rows_as_text_never_as_formulas(browser: Client, name: str) -> None:
    page = list_of(name)
    make(page.model, 2)
    view = page.all("views")[-1].name if page.all("views") else ""
    shown = re.search(r'data-total="(\d+)"', get(browser, registry.reverse(name), view=view).content.decode())

    answer = browser.get(f"{registry.reverse(name)}excel/", {"view": view})

    book = openpyxl.load_workbook(io.BytesIO(b"".join(answer.streaming_content)))
    assert shown
    heads = 2 if book.active.row_dimensions[1].hidden else 1
    assert book.active.max_row == int(shown[1]) + heads
    assert all(cell.data_type != "f" for row in book.active.iter_rows() for cell in row)


# --- cards ---


@pytest.mark.parametrize("name", names(CARDS))
def test_a_card_opens_and_shows_its_record(browser: Client, name: str) -> None:
    page = card_of(name)
    if not is_made(page):
        return
    if page.is_singleton:
        make_singleton(page)
        assert browser.get(registry.reverse(name)).status_code == 200
        return
    (pk,) = make(page.model, 1)

    answer = browser.get(registry.reverse(name, pk=pk))

    assert answer.status_code == 200
    assert "card-form" in answer.content.decode()


def make_singleton(page: CardPage) -> None:
    model = page.table.model
    if not model.objects.exists():
        model(pk="00000000-0000-7000-8000-000000000001").save()


@pytest.mark.parametrize("name", names(CARDS))
def test_a_card_of_a_record_that_does_not_exist_is_not_found(browser: Client, name: str) -> None:
    page = card_of(name)
    if not page.is_singleton:
        assert browser.get(registry.reverse(name, pk="00000000-0000-7000-8000-00000000dead")).status_code == 404


def text_field(page: CardPage) -> FieldInfo | None:
    """A field of the card that takes any text."""
    rules = getattr(page.table.model.Record, "field_rules", {})
    for name in page.table.fields:
        info = page.table[name]
        on_card = any(name in getattr(tab, "names", ()) for tab in page.all("fasttabs"))
        is_plain = info.kind == "text" and info.stored and not info.readonly and not info.insert_only
        if on_card and is_plain and name not in rules and not getattr(info.field, "checks", ()) and not info.required:
            return info
    return None


WITH_TEXT = [page for page in EDITABLE if text_field(page)]


def save(client: Client, page: CardPage, pk: str, version: int, **values: str) -> Any:
    data = {**values, "changed": ",".join(values), "row_version": str(version)}
    return client.post(registry.reverse(page.name, pk=pk), data, headers=HTMX)


def stored(page: CardPage, pk: str, name: str) -> tuple[int, Any]:
    info = page.table[name]
    sql = f'SELECT row_version, {info.sql("t")} FROM "{page.table.table}" t WHERE "{page.table.pk_column}" = %s::uuid'
    found = db.one(sql, [pk])
    assert found
    return found[0], found[1]


@pytest.mark.parametrize("name", names(WITH_TEXT))
def test_a_card_saves_a_changed_field(browser: Client, name: str) -> None:
    page = card_of(name)
    info = text_field(page)
    assert info
    (pk,) = make(page.model, 1)
    version, _old = stored(page, pk, info.name)

    answer = save(browser, page, pk, version, **{info.name: "Nytt"})

    assert answer["X-Saved"] == "1", answer.content.decode()
    assert stored(page, pk, info.name) == (version + 1, "Nytt")


@pytest.mark.parametrize("name", names(WITH_TEXT))
def test_a_stale_save_writes_nothing_and_shows_both_values(browser: Client, name: str) -> None:
    page = card_of(name)
    info = text_field(page)
    assert info
    (pk,) = make(page.model, 1)
    version, _old = stored(page, pk, info.name)
    save(browser, page, pk, version, **{info.name: "Theirs"})

    answer = save(browser, page, pk, version, **{info.name: "Mine"})

    said = answer.content.decode()
    assert answer["X-Saved"] == "0"
    assert "Mine" in said
    assert "Theirs" in said
    assert stored(page, pk, info.name)[1] == "Theirs"


@pytest.mark.parametrize("name", [p.name for p in WITH_TEXT if (f := text_field(p)) and f.max_length])
def test_a_value_that_is_too_long_is_refused_at_its_field(browser: Client, name: str) -> None:
    page = card_of(name)
    info = text_field(page)
    assert info
    (pk,) = make(page.model, 1)
    version, old = stored(page, pk, info.name)

    answer = save(browser, page, pk, version, **{info.name: "x" * 10_000})

    assert answer["X-Saved"] == "0"
    assert f'data-error-of="{info.name}"' in answer.content.decode()
    assert stored(page, pk, info.name) == (version, old)


@pytest.mark.parametrize("name", names(EDITABLE))
def test_a_new_card_opens_and_says_what_is_missing(browser: Client, name: str) -> None:
    address = registry.reverse(f"{name}.new")

    assert browser.get(address).status_code == 200
    answer = browser.post(address, {"changed": ""}, headers=HTMX)

    assert answer.status_code == 200
    assert (answer["X-Saved"] == "0") == ("data-error-of" in answer.content.decode())


@pytest.mark.parametrize("name", names(EDITABLE))
def test_the_delete_dialog_names_the_record_and_deletes_it(browser: Client, name: str) -> None:
    page = card_of(name)
    if not page.delete:
        return
    (pk,) = make(page.model, 1)
    address = f"{registry.reverse(name, pk=pk)}delete/"
    from pages.rows import one

    row = one(page.model, pk)
    assert row

    question = browser.get(address, headers=HTMX).content.decode()
    answer = browser.post(address, {"confirmed": "1", "version": str(row.version)}, headers=HTMX)

    assert row.title_parts[-1] in question
    gone = one(page.model, pk) is None
    assert gone == ("HX-Redirect" in answer)
    assert gone or 'role="alert"' in answer.content.decode()


# --- rights ---


@pytest.mark.parametrize("name", names(EDITABLE))
def test_a_viewer_reads_but_changes_nothing(installed: None, name: str) -> None:
    page = card_of(name)
    client = Client()
    client.force_login(make_user("viewer"))
    (pk,) = make(page.model, 1)
    address = registry.reverse(name, pk=pk)

    assert client.get(address).status_code == (200 if page.right == "view" else 403)
    for verb, path in (("post", address), ("get", f"{address}delete/"), ("post", f"{address}delete/")):
        assert getattr(client, verb)(path, headers=HTMX).status_code == 403
    assert client.get(registry.reverse(f"{name}.new")).status_code == 403


# --- the others ---


@pytest.mark.parametrize("name", names([p for p in registry.every() if isinstance(p, RoleCentrePage)]))
def test_a_cue_leads_to_exactly_what_it_counts(browser: Client, name: str) -> None:
    make("erp.Customer", 4)
    make("crm.Account", 3)

    home = browser.get(registry.reverse(name)).content.decode()

    found = re.findall(r'<a class="cue[^"]*" href="([^"]+)">.*?<span class="cue-count">([^<]*)</span>', home, re.S)
    assert found
    for url, count in found:
        answer = browser.get(url.replace("&amp;", "&"))
        assert answer.status_code == 200
        total = re.search(r'data-total="(\d+)"', answer.content.decode())
        if total:
            assert int(re.sub(r"\D", "", count)) == int(total[1]), url


@pytest.mark.parametrize("name", names([p for p in registry.every() if isinstance(p, DialogPage)]))
def test_a_dialog_without_its_record_answers_politely(browser: Client, name: str) -> None:
    answer = browser.get(registry.reverse(name), headers=HTMX)

    assert answer.status_code in (200, 404, 409)


@pytest.mark.parametrize("page", [p for p in registry.every() if p.menu], ids=lambda page: page.name)
def test_tell_me_finds_every_page_of_the_menu_by_its_title(browser: Client, page: Page) -> None:
    word = str(page.title).split()[0]

    answer = browser.get(f"/tell-me/?q={quote(word)}")

    assert registry.reverse(page.name) in answer.content.decode()


def test_every_reference_can_be_looked_up(browser: Client) -> None:
    asked = 0
    for page in CARDS:
        for info in schema(page.model):
            if info.kind in ("ref", "polyref") and not info.internal:
                assert browser.get(f"/lookup/{page.model}/{info.name}/", {"q": "a"}).status_code == 200
                asked += 1
    assert asked > 20


def test_a_dialog_whose_address_is_opened_stands_over_a_page(installation: None) -> None:
    client = Client()
    client.force_login(make_user("admin"))
    address = "/coupling/mappings/new-mapping/?x=1"

    page = client.get(address, headers={"Sec-Fetch-Dest": "document"}).content.decode()

    assert f'hx-get="{address}" hx-trigger="load" hx-target="#dialog"' in page
    assert '<dialog id="dialog"' in page
    assert "<form" in client.get(address, headers=HTMX).content.decode()
