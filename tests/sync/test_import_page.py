"""The dialog Import: the file first, then its columns."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from pages import registry
from records.schema import model_of
from sync.imports import store
from sync.jobs import drain
from sync.models import Job, OutcomeRow

pytestmark = pytest.mark.django_db

CUSTOMERS = {"list": "erp.customer.list"}


@pytest.fixture
def post(client: Client, salesperson: Any, settings: Any, tmp_path: Any) -> Callable[..., Any]:
    settings.MEDIA_ROOT = tmp_path
    client.force_login(salesperson)

    def send(**data: Any) -> Any:
        return client.post(registry.reverse("sync.import"), CUSTOMERS | data, headers={"HX-Request": "true"})

    return send


def upload(text: str) -> SimpleUploadedFile:
    return SimpleUploadedFile("customers.csv", text.encode(), "text/csv")


def stored_in(answer: Any) -> str:
    found = re.search(r'name="stored" value="([0-9a-f-]{36})"', answer.content.decode())
    assert found, answer.content.decode()
    return found[1]


def test_every_list_of_both_sides_offers_it(client: Client, salesperson: Any) -> None:
    client.force_login(salesperson)

    for page in ("erp.customer.list", "crm.account.list"):
        shown = client.get(registry.reverse(page)).content.decode()
        assert 'data-action="import"' in shown, page


def test_columns_are_guessed_from_the_names_and_captions_of_fields(post: Callable[..., Any]) -> None:
    answer = post(file=upload("No.,NAME,Post code,Something\nI1,Imported,0150,x\n"))

    shown = answer.content.decode()
    assert answer.status_code == 200
    chosen = re.findall(r'<option value="(\w*)" selected>', shown)
    assert chosen == ["no", "name", "post_code", ""]
    assert "Imported" in shown


def test_values_that_are_no_utf_8_are_shown_and_told_by_the_job(post: Callable[..., Any]) -> None:
    sent = SimpleUploadedFile("customers.csv", b"No.,Name\nI1,M\xfcller\n", "text/csv")

    answer = post(file=sent)

    assert "M?ller" in answer.content.decode()
    post(stored=stored_in(answer), column_0="no", column_1="name")
    drain()
    assert OutcomeRow.objects.get().reason == "bad_encoding"


def test_a_file_is_imported_in_two_steps(post: Callable[..., Any]) -> None:
    stored = stored_in(post(file=upload("Number,Name\nI1,Imported\n")))

    answer = post(stored=stored, column_0="no", column_1="name", null="NULL")
    drain()

    assert "closeDialog" in answer["HX-Trigger"]
    assert Job.objects.get().state == "finished"
    assert model_of("erp.Customer").objects.get(no="I1").name == "Imported"


def test_a_wrong_choice_keeps_the_dialog_and_the_file(post: Callable[..., Any]) -> None:
    stored = stored_in(post(file=upload("Number,Name\nI1,Imported\n")))

    for columns in ({}, {"column_0": "name", "column_1": "name"}):
        answer = post(stored=stored, **columns)
        assert 'role="alert"' in answer.content.decode()
        assert stored_in(answer) == stored
    assert not Job.objects.exists()
    assert store.has(stored)


@pytest.mark.parametrize(("text", "said"), [("", "empty"), ("\x89PNG\r\n\x1a\n\x00", "not a CSV file")])
def test_what_is_no_csv_file_is_told_at_once(post: Callable[..., Any], text: str, said: str) -> None:
    answer = post(file=upload(text))

    assert said in answer.content.decode()
    assert not list(store.folder().iterdir())


def test_a_forged_or_forgotten_file_is_asked_for_again(post: Callable[..., Any]) -> None:
    for stored in ("00000000-0000-7000-8000-000000000001", "../../etc/passwd", "x"):
        assert post(stored=stored, column_0="no").status_code == 200
    assert not Job.objects.exists()


def test_viewers_do_not_import(client: Client, viewer: Any) -> None:
    client.force_login(viewer)

    assert client.post(registry.reverse("sync.import"), CUSTOMERS).status_code == 403
