"""What users set for themselves: salesperson, notifications, and what they may only read."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from people.models import User
from people.services import user_update
from records import writes
from records.errors import Rejected
from records.ids import uuid7
from sync.models import FailureNotice

pytestmark = pytest.mark.django_db
OWN = {"language": "es", "time_zone": "Europe/Madrid", "salesperson": " jo "}


def test_everybody_has_settings_of_their_own(client: Client, outsider: User) -> None:
    writes.insert("erp.SalespersonPurchaser", [{"code": "JO"}], source="setup")
    client.force_login(outsider)

    assert client.post("/my-settings/", OWN).status_code == 302
    outsider.refresh_from_db()
    assert (outsider.language, outsider.time_zone, outsider.salesperson) == ("es", "Europe/Madrid", "JO")


def test_the_settings_say_which_rights_one_has(client: Client, salesperson: User) -> None:
    client.force_login(salesperson)

    page = client.get("/my-settings/").content.decode()

    assert "<dt>Permission Sets</dt><dd>Use</dd>" in page
    assert 'data-lookup="/lookup/erp.Customer/salesperson_code/"' in page


def test_nobody_is_a_salesperson_who_does_not_exist_or_is_blocked(client: Client, viewer: User) -> None:
    writes.insert("erp.SalespersonPurchaser", [{"code": "OT", "blocked": True}], source="setup")
    client.force_login(viewer)

    unknown = client.post("/my-settings/", OWN).content.decode()
    blocked = client.post("/my-settings/", OWN | {"salesperson": "ot"}).content.decode()

    assert "&#x27;JO&#x27; does not exist." in unknown
    assert "Salesperson OT is blocked" in blocked
    assert User.objects.get(pk=viewer.pk).salesperson == ""


def test_a_salesperson_who_was_blocked_since_is_kept(viewer: User) -> None:
    writes.insert("erp.SalespersonPurchaser", [{"code": "OT", "blocked": True}], source="setup")
    User.objects.filter(pk=viewer.pk).update(salesperson="OT")

    assert user_update(user=viewer, values={"salesperson": "OT", "language": "sv"}).language == "sv"


def test_bars_that_somebody_does_not_want_are_not_shown(client: Client, viewer: User) -> None:
    FailureNotice.objects.create(user_name=viewer.username, job=uuid7(), count=2)
    client.force_login(viewer)
    assert "2 jobs have failed." in client.get("/erp/").content.decode()

    client.post("/my-settings/", {"notifications": ["webhook_failing"]})

    assert User.objects.get(pk=viewer.pk).notifications_off == ["job_failed"]
    assert "2 jobs have failed." not in client.get("/erp/").content.decode()
    settings = client.get("/my-settings/").content.decode()
    assert re.findall(r'value="(\w+)"[^>]* checked', settings) == ["webhook_failing"]


def test_there_is_no_kind_of_bar_but_those_that_exist(viewer: User) -> None:
    with pytest.raises(Rejected):
        user_update(user=viewer, values={"notifications_off": ["everything"]})
