"""The pages of match-based coupling: criteria, the question on mapping and list, the preview."""

from __future__ import annotations

from html import unescape
from typing import Any

import pytest
from django.test import Client

from coupling.models import Coupling, IntegrationTableMapping
from sync.models import Job
from tests.cast import make_user
from tests.sync.scene import Scene

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}
CRITERIA, MATCH = "/coupling/mappings/criteria/", "/sync/match/"


@pytest.fixture
def scene(db: Any) -> Scene:
    return Scene()


def browser(name: str = "salesperson") -> Client:
    client = Client(headers={"Accept-Language": "en"})
    client.force_login(make_user(name))
    return client


def page(client: Client, url: str, **query: Any) -> str:
    answer = client.get(url, query, headers=HTMX if query else {})
    assert answer.status_code == 200, (url, answer.status_code)
    return unescape(answer.content.decode())


def of_mapping(scene: Scene, **data: Any) -> dict[str, Any]:
    return {"list": "coupling.mapping.list", "ids": str(scene.mapping().pk), **data}


def line(scene: Scene, field: str) -> Any:
    return scene.mapping().lines.get(erp_field=field)


def decide_by(scene: Scene, *fields: str) -> None:
    scene.mapping().lines.filter(erp_field__in=fields).update(match=True)


def previewed(scene: Scene, client: Client, **data: Any) -> str:
    """Ask for a preview of the mapping and let it end; its address."""
    answer = client.post(MATCH, of_mapping(scene, preview="1", **data), headers=HTMX)
    scene.work()
    return str(answer["HX-Redirect"])


def test_criteria_are_chosen_with_priority_and_case(scene: Scene) -> None:
    name, mail = line(scene, "name"), line(scene, "e_mail")
    version = scene.mapping().version
    sent = {f"match.{name.pk}": "on", f"priority.{name.pk}": "", f"match.{mail.pk}": "on", f"case.{mail.pk}": "on",
            f"priority.{mail.pk}": "2", "update_conflict": "get", "synch_after_bulk_coupling": "on"}  # fmt: skip

    answer = browser("admin").post(CRITERIA, of_mapping(scene, **sent), headers=HTMX)

    assert "2 fields are used" in answer["HX-Trigger"]
    chosen = scene.mapping().lines.filter(match=True).order_by("match_priority")
    assert [(c.erp_field, c.match_priority, c.match_case_sensitive) for c in chosen] == [
        ("name", 0, False),
        ("e_mail", 2, True),
    ]
    mapping = scene.mapping()
    assert (mapping.update_conflict, mapping.synch_after_bulk_coupling, mapping.create_new_in_case_of_no_match) == (
        "get", True, False
    )  # fmt: skip
    assert mapping.version > version


def test_reset_takes_all_criteria_away(scene: Scene) -> None:
    decide_by(scene, "name", "city")

    browser("admin").post(CRITERIA, of_mapping(scene, reset="1", update_conflict="none"), headers=HTMX)

    assert not scene.mapping().lines.filter(match=True).exists()


def test_a_priority_that_is_no_number_keeps_the_dialog_open(scene: Scene) -> None:
    name = line(scene, "name")
    sent = of_mapping(scene, **{f"match.{name.pk}": "on", f"priority.{name.pk}": "first", "update_conflict": "none"})

    answer = browser("admin").post(CRITERIA, sent, headers=HTMX)

    assert 'value="first"' in answer.content.decode()
    assert "HX-Trigger" not in answer.headers
    assert not line(scene, "name").match


def test_constants_and_keys_of_other_kinds_are_not_offered(scene: Scene) -> None:
    html = page(browser("admin"), CRITERIA, **of_mapping(scene))

    assert f"match.{line(scene, 'name').pk}" in html
    constant = scene.mapping().lines.filter(erp_field="").first()
    assert constant is not None
    assert f"match.{constant.pk}" not in html


def test_criteria_are_for_administrators(scene: Scene) -> None:
    assert browser().get(CRITERIA, of_mapping(scene), headers=HTMX).status_code == 403


def test_without_criteria_the_action_says_why(scene: Scene) -> None:
    html = page(browser(), "/coupling/mappings/selected/", **of_mapping(scene))

    assert 'data-state-of="match" data-reason="You must specify which fields' in html


def test_the_preview_shows_pairs_several_matches_and_leftovers(scene: Scene) -> None:
    decide_by(scene, "name")
    scene.world.customer("Twin")
    for name in ("Twin", "TWIN"):
        scene.world.account(name)
    scene.world.customer("adatum")
    client = browser()

    address = previewed(scene, client)

    pairs = page(client, address)
    assert [scene.customer() in pairs, scene.account() in pairs] == [True, True]
    assert '<a href="/coupling/mappings/" data-back>' in pairs
    several = page(client, f"{address}?show=several")
    assert several.count(f"{scene.account('Twin')}/") == 1
    assert several.count(f"{scene.account('TWIN')}/") == 1
    assert "adatum" in page(client, f"{address}?show=taken")
    assert scene.customer("Fabrikam") in page(client, f"{address}?show=erp_left")
    left = page(client, f"{address}?show=crm_left")
    assert scene.account("Litware") in left
    assert scene.account("Twin") in left, "a row of several is left over as long as nobody decides"
    assert scene.account() not in left
    assert not Coupling.objects.exists()


def test_the_preview_waits_for_its_job(scene: Scene) -> None:
    decide_by(scene, "name")
    client = browser()
    answer = client.post(MATCH, of_mapping(scene, preview="1"), headers=HTMX)
    address = answer["HX-Redirect"]

    assert f'hx-get="{address}live/"' in page(client, address)
    scene.work()
    assert "hx-trigger" not in page(client, f"{address}live/")


def test_couple_does_what_was_shown(scene: Scene) -> None:
    decide_by(scene, "name")
    client = browser()
    address = previewed(scene, client, synchronize_after="on")

    answer = client.post(f"{address}couple/", headers=HTMX)
    scene.work()

    job = Job.objects.get(kind="coupling", preview=False)
    assert answer["HX-Redirect"] == f"/sync/jobs/{job.pk}/"
    assert [str(c.crm_id) for c in Coupling.objects.all()] == [scene.account()]
    assert Job.objects.filter(caused_by=job.pk).exists(), "it is synchronized afterwards, as the preview was told"
    assert "1 record is coupled already and left out" in page(client, address)


def test_chosen_customers_are_previewed_from_their_list(scene: Scene) -> None:
    decide_by(scene, "name")
    scene.couple()
    chosen = {"list": "erp.customer.list", "ids": [scene.customer(), scene.customer("Fabrikam")]}
    client = browser()
    assert "2 chosen records" in page(client, MATCH, **chosen)

    answer = client.post(MATCH, {**chosen, "preview": "1"}, headers=HTMX)
    scene.work()

    html = page(client, answer["HX-Redirect"])
    assert "2 records were chosen" in html
    assert "1 record is coupled already" in html
    assert "show=crm_left" not in html, "what is left over is told of whole mappings only"


def test_long_sections_have_pages(scene: Scene) -> None:
    decide_by(scene, "name")
    for n in range(60):
        scene.world.account(f"Left {n:02}")
    client = browser()

    address = previewed(scene, client)

    first, second = (page(client, f"{address}?show=crm_left&page={n}") for n in (1, 2))
    assert ("Left 00" in first, "Left 59" in first, "Page 1 of 2" in first) == (True, False, True)
    assert ("Left 00" in second, "Left 59" in second) == (False, True)
    assert "Page 2 of 2" in page(client, f"{address}?show=crm_left&page=99")


def test_viewers_look_and_do_not_couple(scene: Scene) -> None:
    decide_by(scene, "name")
    address = previewed(scene, browser())
    viewer = browser("viewer")

    assert "You do not have the right" in page(viewer, address)
    assert viewer.post(f"{address}couple/", headers=HTMX).status_code == 403
    assert viewer.get(MATCH, of_mapping(scene), headers=HTMX).status_code == 403


def test_codes_have_a_preview_too(scene: Scene) -> None:
    mapping = IntegrationTableMapping.objects.get(name="PAYMENT TERMS")
    client = browser()

    answer = client.post(MATCH, {"list": "coupling.mapping.list", "ids": str(mapping.pk), "preview": "1"}, headers=HTMX)
    scene.work()

    assert "Codes are matched with the labels" in page(client, answer["HX-Redirect"])
