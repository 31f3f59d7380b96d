"""The full synchronization review: recommendations, order, what an error blocks, restart."""

from __future__ import annotations

from html import unescape
from typing import Any

import pytest
from django.test import Client

from coupling.models import Connection, Coupling, IntegrationTableMapping
from records.errors import Refused, Rejected
from records.writes import delete
from sync import full_sync
from sync.models import FullSyncLine, Job
from tests.cast import make_user
from tests.sync.scene import Scene
from tests.sync.test_dependencies import new_person, new_sales_person

pytestmark = pytest.mark.django_db


@pytest.fixture
def scene(db: Any) -> Scene:
    return Scene()


def line(name: str) -> full_sync.Line:
    return next(each for each in full_sync.lines() if each.mapping == name)


def start(scene: Scene, *names: str, **options: Any) -> Job:
    parent = full_sync.start(user_name="salesperson", mappings=names or None, **options)
    scene.work()
    return Job.objects.get(pk=parent.pk)


def match(name: str, *fields: str) -> None:
    mapping = IntegrationTableMapping.objects.get(name=name)
    mapping.lines.filter(erp_field__in=fields).update(match=True)
    IntegrationTableMapping.objects.filter(pk=mapping.pk).update(version=mapping.version + 1)


def page(name: str = "salesperson") -> str:
    client = Client()
    client.force_login(make_user(name))
    response = client.get("/sync/full-sync/")
    assert response.status_code == 200
    return unescape(response.content.decode())


def test_the_recommendation_follows_the_records_of_both_sides(scene: Scene) -> None:
    assert line("CUSTOMER").recommendation == "couple_records"

    accounts = [(key, None) for key in scene.world.accounts.values()]
    delete("crm.Account", accounts, source="setup")
    assert line("CUSTOMER").recommendation == "full_synchronization"

    scene.edit_customer(blocked=3)
    scene.edit_customer("Fabrikam", blocked=3)
    assert line("CUSTOMER").recommendation == "no_records"


def test_lines_stand_in_dependency_order(scene: Scene) -> None:
    names = [each.mapping for each in full_sync.lines()]

    for each in full_sync.lines():
        assert all(names.index(first) < names.index(each.mapping) for first in each.depends_on)
    assert names.index("CUSTOMER") < names.index("CONTACT")


def test_a_failed_line_blocks_what_depends_on_it_and_restart_runs_both(scene: Scene) -> None:
    new_person(scene, "Adatum", "Ek")
    new_sales_person(scene.account(), "Berg")
    start(scene, "CUSTOMER", "CONTACT", recommendation="couple_records")
    assert (line("CUSTOMER").status, line("CONTACT").status) == ("error", "error")
    messages = dict(Job.objects.exclude(message_code="").values_list("mapping", "message_code"))
    assert messages == {"CUSTOMER": "no_criteria", "CONTACT": "dependency_failed"}

    match("CUSTOMER", "name")
    match("CONTACT", "e_mail")
    before = full_sync.lines()
    shown = full_sync.restart(user_name="salesperson", preview=True)
    scene.work()
    assert not Coupling.objects.exists()
    assert full_sync.lines() == before, "a preview leaves the lines as they ended"
    full_sync.restart(user_name="salesperson")
    scene.work()

    told = Job.objects.filter(parent=shown.pk).values_list("mapping", "state", "counters").order_by("id")
    done = Job.objects.filter(preview=False, state="finished", kind="coupling")
    assert list(told) == list(done.values_list("mapping", "state", "counters").order_by("id"))
    assert Coupling.objects.get(pair="CUSTOMER").erp_id.__str__() == scene.customer()
    assert line("CUSTOMER").status == "finished"
    assert line("CONTACT").status == "finished"


def test_failures_of_records_block_nothing(scene: Scene) -> None:
    scene.world.mapping("CUSTOMER").lines.filter(erp_field="name").update(truncate=False)
    scene.edit_account(name="N" * 150)

    start(scene, "CUSTOMER", "CONTACT", recommendation="full_synchronization")

    customer, contact = line("CUSTOMER"), line("CONTACT")
    assert (customer.status, customer.from_crm_status) == ("finished", "error")
    assert contact.status == "finished"


def test_a_finished_line_is_restarted_only_by_name(scene: Scene) -> None:
    start(scene, "CUSTOMER", recommendation="full_synchronization")
    first = line("CUSTOMER").job

    with pytest.raises(Refused):
        full_sync.restart(user_name="salesperson")
    full_sync.restart(user_name="salesperson", mappings=["CUSTOMER"])

    assert line("CUSTOMER").job != first


def test_a_line_that_is_not_named_is_not_started_and_stays_for_later(scene: Scene) -> None:
    start(scene, "CURRENCY", recommendation="full_synchronization")

    assert line("CURRENCY").status == "finished"
    assert line("CUSTOMER").status == ""
    assert not Job.objects.filter(mapping="CUSTOMER").exists()


def test_recommending_full_changes_only_lines_that_were_not_started(scene: Scene) -> None:
    full_sync.recommend_full(mappings=["CUSTOMER"])
    assert line("CUSTOMER").recommendation == "full_synchronization"

    start(scene, "CUSTOMER")
    with pytest.raises(Refused):
        full_sync.recommend_full(mappings=["CUSTOMER"])
    full_sync.reset()
    assert line("CUSTOMER").recommendation == "couple_records"
    assert not FullSyncLine.objects.exists()
    with pytest.raises(Rejected):
        full_sync.start(user_name="salesperson", mappings=["NOBODY"])


def test_the_page_leads_to_the_coupling_criteria(scene: Scene) -> None:
    assert page().count("Select Coupling Criteria") >= 1

    match("CUSTOMER", "name")

    html = page()
    assert "Review Selected Coupling Criteria" in html
    assert f"/coupling/mappings/{IntegrationTableMapping.objects.get(name='CUSTOMER').pk}/" in html


def test_where_records_belong_to_people_the_page_reminds_of_salespeople(scene: Scene) -> None:
    from records.writes import insert

    insert("erp.SalespersonPurchaser", [{"code": "SL", "name": "Sofia"}], source="setup")
    assert "not coupled with a user" not in page()

    Connection.objects.update(ownership_model="person")
    IntegrationTableMapping.objects.get_or_create(
        name="SALESPEOPLE", defaults={"erp_table": "erp.SalespersonPurchaser", "crm_table": "crm.SystemUser",
                                      "crm_key_field": "systemuserid", "direction": "from_crm"},
    )  # fmt: skip

    assert "1 salesperson is not coupled with a user." in page()
