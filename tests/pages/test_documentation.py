"""The help pane leads to the documentation of this installation, which needs no way to the internet."""

from __future__ import annotations

import pytest
from django.test import Client

from pages import documentation
from pages.api.describe import record_serializer

pytestmark = pytest.mark.django_db


def test_the_help_pane_offers_documents_that_open(client: Client, viewer: object) -> None:
    client.force_login(viewer)

    pane = client.get("/help/erp.customer.list/").content.decode()
    page = client.get("/documentation/using/")

    assert "/documentation/using/" in pane
    assert "/documentation/schedules/" not in pane
    assert page.status_code == 200
    assert "<h2>Edit in Excel</h2>" in page.content.decode()


@pytest.mark.parametrize("name", ["nothing", "..", "README"])
def test_what_is_no_document_is_not_found(client: Client, viewer: object, name: str) -> None:
    client.force_login(viewer)

    assert documentation.find(name) is None
    assert client.get(f"/documentation/{name}/").status_code == 404


def test_every_document_is_readable_and_links_to_others_here() -> None:
    for name, _right in documentation.OFFERED:
        path = documentation.find(name)
        assert path is not None, name
        title, html = documentation.shown(path)
        assert title
        assert ".md" not in html.split("<code>")[0], name


def test_members_are_described_as_a_list() -> None:
    for for_request in (True, False):
        assert "ListField" in repr(record_serializer("crm.Team", for_request=for_request)().fields["members"])
