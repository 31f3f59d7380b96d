"""The pages of this app as a browser asks for them."""

from __future__ import annotations

import re
from html import unescape
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from coupling.models import Connection, Coupling, IntegrationTableMapping
from erp.models import Customer
from pages import registry
from pages.lists import ListPage
from records.messages import text
from records.writes import insert
from sync.jobs import drain
from sync.models import FullSyncLine, Job, OutcomeRow, Schedule, WorkItem
from sync.services import mapping_run
from tests.cast import make_user
from tests.sync.scene import Scene
from tests.sync.test_worklist import skip

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}
LISTS = [p.name for p in registry.every() if isinstance(p, ListPage) and p.name.startswith("sync.")]


@pytest.fixture
def scene(db: Any) -> Scene:
    return Scene()


def browser(name: str = "salesperson") -> Client:
    client = Client()
    client.force_login(make_user(name))
    return client


def shown(client: Client, url: str, **query: Any) -> str:
    response = client.get(url, query, headers=HTMX if query else {})
    assert response.status_code == 200, (url, response.status_code)
    return unescape(response.content.decode())


def act(client: Client, page: str, name: str, *keys: str, **data: Any) -> Any:
    """Press an action of a list with these rows chosen, and answer its question with Yes."""
    sent = {"list": page, "ids": list(keys), "confirmed": "1", **data}
    response = client.post(f"{registry.reverse(page)}actions/{name}/", sent, headers=HTMX)
    assert response.status_code == 200, response.content
    return response


def told(response: Any) -> str:
    """Everything that the answer says, notices included."""
    return unescape(response.content.decode()) + response.get("HX-Trigger", "")


def started(response: Any) -> list[Job]:
    """The jobs that the answer's notice follows."""
    found = re.search(r"/sync/watch/\?ids=([0-9a-f,-]+)", response.content.decode())
    return list(Job.objects.filter(pk__in=found[1].split(","))) if found else []


# Lists and cards


def test_every_list_opens_with_rows_in_each_of_its_views(scene: Scene) -> None:
    scene.conflict()
    client = browser("viewer")

    for name in LISTS:
        page = registry.get(name)
        for view in page.views or [None]:
            html = shown(client, registry.reverse(name) + (f"?view={view.name}" if view else ""))
            assert "grid" in html
        assert client.get(f"{registry.reverse(name)}counts/").status_code == 200


def test_a_list_needs_the_same_number_of_statements_for_many_rows(scene: Scene) -> None:
    client = browser()

    def counts() -> dict[str, int]:
        found = {}
        for name in LISTS:
            client.get(registry.reverse(name))
            with CaptureQueriesContext(connection) as queries:
                client.get(registry.reverse(name))
            found[name] = len(queries)
        return found

    scene.conflict()
    few = counts()
    for number in range(4):
        scene.world.customer(f"More {number}")
        scene.world.account(f"More {number}")
        scene.couple(f"More {number}", f"More {number}")
        scene.edit_customer(f"More {number}", phone_no="1")
        scene.edit_account(f"More {number}", telephone1="2")
    scene.run()

    many = counts()
    assert all(many[name] <= few[name] + 1 for name in LISTS), (
        few,
        many,
    )  # one: the company's name is kept for seconds


def test_the_log_shows_a_job_with_its_counters_and_leads_to_its_records(scene: Scene) -> None:
    scene.conflict()
    job = Job.objects.filter(kind="modified").latest("requested_at")

    html = shown(browser(), "/sync/jobs/")
    assert f"/sync/jobs/{job.pk}/" in html
    address = re.search(r'href="(/sync/job-records/\?filter=job%3D[^"]*action%3Dfail)"', html)
    assert address is not None

    rows = shown(browser(), address[1])
    assert rows.count("Failed") >= 2
    assert "changed on both sides" in rows


def test_a_job_shows_both_passes_and_polls_only_while_it_runs(scene: Scene) -> None:
    scene.couple()
    scene.edit_customer(phone_no="1")
    running = mapping_run(user=scene.user, mapping=scene.mapping(), mode="modified").jobs[0]
    address = f"/sync/jobs/{running.pk}/"
    html = shown(browser(), address)
    assert "To Integration Table" in html
    assert "From Integration Table" in html
    assert f'hx-get="{address}progress/"' in html

    scene.work()

    response = browser().get(f"{address}progress/")
    assert "hx-get" not in response.content.decode()
    assert "listChanged" in response["HX-Trigger"]
    assert "Main Phone: <ins>1</ins>" in response.content.decode()


def test_values_before_and_after_are_codes_and_names(scene: Scene) -> None:
    scene.couple()
    (usd,) = insert("erp.Currency", [{"code": "USD", "description": "Dollar"}], source="setup").rows
    (rate,) = insert(
        "erp.CurrencyExchangeRate",
        [{"currency_code": usd.pk, "starting_date": "2020-01-01", "exchange_rate_amount": 1,
          "relational_exch_rate_amount": 1}],
        source="setup",
    ).rows  # fmt: skip
    assert rate
    mapping_run(
        user=scene.user, mapping=IntegrationTableMapping.objects.get(name="CURRENCY"), mode="full", create_new=True
    )
    scene.work()
    scene.edit_customer(currency_code=usd.pk)
    scene.run()
    row = OutcomeRow.objects.get(action="modify", reason="changed", changes__crm__has_key="transactioncurrencyid")

    html = shown(browser(), f"/sync/job-records/{row.pk}/")

    assert re.search(r'<td class="after">(US )?Dollar</td>', html)
    assert "Changed values in Dynamics 365 Sales" in html
    assert str(row.changes["crm"]["transactioncurrencyid"][1]) not in html


def test_the_synchronization_log_of_a_record_shows_only_its_own(scene: Scene) -> None:
    scene.couple()
    scene.couple("Fabrikam", "Litware")
    card = shown(browser(), f"/erp/customers/{scene.customer()}/")
    address = re.search(r'href="(/sync/job-records/\?filter=erp_id[^"]*)"', card)
    assert address is not None

    html = shown(browser(), address[1])

    assert "Adatum" in html
    assert "Litware" not in html


# Synchronize Now


def test_an_uncoupled_record_is_offered_set_up_coupling(scene: Scene) -> None:
    html = shown(browser(), "/sync/now/", list="erp.customer.list", ids=scene.customer())

    assert "The record is not coupled." in html
    assert "/coupling/set-up/?" in html
    assert 'name="direction"' not in html


def test_what_somebody_changed_meanwhile_is_not_overwritten_unseen(scene: Scene) -> None:
    scene.couple()
    scene.edit_customer(phone_no="1")
    client = browser()
    raw = client.get(
        "/sync/now/", {"list": "erp.customer.list", "ids": scene.customer()}, headers=HTMX
    ).content.decode()
    versions = unescape(re.search(r'name="versions" value="([^"]*)"', raw)[1])  # type: ignore[index]
    scene.edit_account(telephone1="somebody else")
    data = {"list": "erp.customer.list", "ids": scene.customer(), "direction": "to_crm", "versions": versions}

    response = client.post("/sync/now/", data, headers=HTMX)

    assert "The record was changed meanwhile." in unescape(response.content.decode())
    assert scene.telephone() == "somebody else"


def test_the_result_comes_to_the_page_without_reload(scene: Scene) -> None:
    scene.couple()
    scene.edit_customer(phone_no="1")
    client = browser()
    response = client.post(
        "/sync/now/", {"list": "erp.customer.list", "ids": scene.customer(), "direction": "to_crm"}, headers=HTMX
    )
    assert "1 record has been scheduled." in told(response)
    assert "closeDialog" in response["HX-Trigger"]
    (job,) = started(response)
    assert 'hx-trigger="every' in shown(client, f"/sync/watch/?ids={job.pk}")

    drain()

    last = client.get(f"/sync/watch/?ids={job.pk}", headers=HTMX)
    assert "Modified: 1" in last.content.decode()
    assert "hx-trigger" not in last.content.decode()
    assert "listChanged" in last["HX-Trigger"]


def test_one_record_is_done_before_the_page_answers(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    scene.couple()
    scene.edit_customer(phone_no="1")
    monkeypatch.setattr("sync.inline.connection", SimpleNamespace(in_atomic_block=False))  # as outside tests
    data = {"list": "erp.customer.list", "ids": scene.customer(), "direction": "to_crm"}

    client = browser()
    (job,) = started(client.post("/sync/now/", data, headers=HTMX))

    assert (job.state, scene.telephone()) == ("finished", "1")
    assert "Modified: 1" in shown(client, f"/sync/watch/?ids={job.pk}")


def test_who_may_only_look_cannot_start_anything(scene: Scene) -> None:
    scene.couple()
    before = Job.objects.count()
    viewer = browser("viewer")

    data = {"list": "erp.customer.list", "ids": scene.customer(), "direction": "to_crm"}
    assert viewer.post("/sync/now/", data, headers=HTMX).status_code == 403
    card = shown(viewer, f"/erp/customers/{scene.customer()}/")
    assert re.search(r'data-action="synchronize_now"[^>]*aria-disabled="true" title="You do not have the right', card)
    assert Job.objects.count() == before


def test_outside_the_filter_the_action_says_why(scene: Scene) -> None:
    scene.couple()
    scene.edit_customer(blocked=3)

    card = shown(browser(), f"/erp/customers/{scene.customer()}/")

    assert re.search(r'data-action="synchronize_now"[^>]*title="The record is outside the table filter', card)


def test_without_a_connection_no_action_exists(scene: Scene) -> None:
    scene.couple()
    Connection.objects.update(enabled=False)

    for address in (f"/erp/customers/{scene.customer()}/", f"/crm/accounts/{scene.account()}/", "/erp/customers/"):
        html = shown(browser(), address)
        assert "synchronize_now" not in html
        assert "business_central" not in html
    data = {"list": "erp.customer.list", "ids": scene.customer(), "direction": "to_crm"}
    answer = browser().post("/sync/now/", data, headers=HTMX)
    assert "is not enabled" in answer.content.decode()


# The panel and the side pane


def test_the_panel_names_what_keeps_a_record_back(scene: Scene) -> None:
    html = shown(browser("viewer"), "/sync/explain/", list="erp.customer.list", ids=scene.customer())

    assert html.count('class="gate ') == 9
    assert html.index('class="gate blocked first"') < html.index('class="gate blocked"')
    assert "Synch. Only Coupled Records" in html


def test_the_side_pane_tells_what_differs_now(scene: Scene) -> None:
    scene.couple()
    scene.edit_customer(phone_no="111")
    scene.edit_account(telephone1="222")

    html = shown(browser(), f"/erp/customers/{scene.customer()}/factboxes/")

    assert "Differs now" in html
    assert re.search(r'class="clash"><th scope="row">Phone No.</th><td>111</td><td>222</td>', html)
    assert "Next Run" in html


def test_cues_count_what_their_lists_show(scene: Scene) -> None:
    scene.conflict()

    html = shown(browser(), "/erp/")

    cue = re.search(
        r'href="(/sync/errors/\?view=conflicts)"><span class="cue-caption">Conflicts</span>'
        r'<span class="cue-count">1</span>',
        html,
    )
    assert cue is not None
    assert shown(browser(), cue[1]).count("<tr data-pk") == 1
    assert "1 record has a conflict." in shown(browser(), "/notifications/")


def test_a_stopped_job_queue_entry_is_told(scene: Scene) -> None:
    assert "stopped" not in shown(browser(), "/notifications/")

    Schedule.objects.filter(mapping="CUSTOMER").update(state="error", error_code="unavailable")

    assert "1 job queue entry has stopped." in shown(browser(), "/notifications/")
    assert "Stopped Job Queue Entries" in shown(browser(), "/erp/")


def test_a_connection_that_the_system_has_switched_off_is_told(scene: Scene) -> None:
    Connection.objects.update(
        enabled=False, disabled_code="credentials", disabled_params={"user": "x", "why": "@:credentials_disabled"}
    )

    assert "Synchronization has stopped: " in shown(browser(), "/notifications/")


def test_a_conflict_stands_beside_the_heading_of_both_records(scene: Scene) -> None:
    coupling = scene.conflict()

    for address in (f"/erp/customers/{coupling.erp_id}/", f"/crm/accounts/{coupling.crm_id}/"):
        head = shown(browser(), address).partition('id="card-head"')[2].partition("</div>")[0]
        assert "Conflict" in head


# The work-list


def test_the_work_list_compares_three_values_and_solves_field_by_field(scene: Scene) -> None:
    coupling = scene.conflict()
    client, key = browser(), str(coupling.pk)
    html = shown(client, "/sync/errors/synchronize/", list="sync.work_list", ids=key)
    assert "At the last synchronization" in html
    assert "111" in html
    assert "222" in html

    none = client.post(
        "/sync/errors/synchronize/", {"list": "sync.work_list", "ids": key, "direction": "fields"}, headers=HTMX
    )
    assert "Choose a side for at least one field." in unescape(none.content.decode())
    data = {"list": "sync.work_list", "ids": key, "direction": "fields", "field.phone_no": "crm"}
    assert started(client.post("/sync/errors/synchronize/", data, headers=HTMX))
    scene.work()

    assert scene.phone() == "222"
    assert not WorkItem.objects.exists()


def test_retry_runs_the_row_again(scene: Scene) -> None:
    coupling = skip(scene)
    scene.edit_account(name="Short")

    response = act(browser(), "sync.work_list", "retry", str(coupling.pk))
    scene.work()

    assert "1 record is tried again." in told(response)
    assert not WorkItem.objects.exists()


def test_restore_and_delete_work_from_the_list(scene: Scene) -> None:
    first, second = scene.couple(), scene.couple("Fabrikam", "Litware")
    scene.remove("crm.Account", scene.account())
    scene.remove("crm.Account", scene.account("Litware"))
    client = browser()
    assert "2 couplings with a deleted record" in told(act(client, "sync.work_list", "find_deleted"))

    assert "1 record was restored." in told(act(client, "sync.work_list", "restore", str(first.pk)))
    assert "1 record was deleted." in told(act(client, "sync.work_list", "delete_records", str(second.pk)))

    assert not Customer.objects.filter(name="Fabrikam").exists()
    assert not WorkItem.objects.exists()


def test_coupling_actions_of_the_work_list(scene: Scene) -> None:
    coupling = scene.conflict()
    client = browser()

    opened = act(client, "sync.work_list", "set_up_coupling", str(coupling.pk))
    address = re.search(r'hx-get="([^"]+)"', unescape(opened.content.decode()))
    assert address is not None
    assert "Set Up Coupling" in shown(client, address[1])
    act(client, "sync.work_list", "delete_coupling", str(coupling.pk))

    assert not Coupling.objects.exists()


def test_the_work_list_is_searched_by_the_names_of_its_records(scene: Scene) -> None:
    scene.conflict()
    client = browser()

    for address in ("/sync/errors/", "/sync/pending/", "/sync/job-records/"):
        assert "Adatum" in shown(client, f"{address}?q=adat")
        assert "<tr data-pk" not in shown(client, f"{address}?q=nobody")


def test_restore_is_disabled_where_nothing_was_deleted(scene: Scene) -> None:
    coupling = scene.conflict()

    response = act(browser(), "sync.work_list", "restore", str(coupling.pk))

    assert "No record was deleted." in told(response)


# Mappings, schedules, jobs, review


def test_mapping_actions_start_their_jobs(scene: Scene) -> None:
    client, key = browser(), str(scene.mapping().pk)
    assert started(act(client, "coupling.mapping.list", "sync_modified", key))[0].kind == "modified"
    scene.work()
    full = client.post(
        "/sync/run-full/", {"list": "coupling.mapping.list", "ids": key, "create_new": "on"}, headers=HTMX
    )
    (job,) = started(full)
    assert (job.kind, job.create_new, job.direction) == ("full", True, "bidirectional")
    scene.work()
    preview = client.post(
        "/sync/run-full/", {"list": "coupling.mapping.list", "ids": key, "preview": "on"}, headers=HTMX
    )
    assert Job.objects.latest("requested_at").preview
    assert "/sync/jobs/" in preview["HX-Redirect"]


def test_an_unconditional_run_is_for_one_way_mappings(scene: Scene) -> None:
    client = browser()
    html = shown(client, "/coupling/mappings/selected/", list="coupling.mapping.list", ids=str(scene.mapping().pk))

    assert 'data-state-of="run_unconditional" data-reason="Only mappings of one direction' in html
    currency = IntegrationTableMapping.objects.get(name="CURRENCY")
    run = client.post(
        "/sync/run-unconditional/", {"list": "coupling.mapping.list", "ids": str(currency.pk)}, headers=HTMX
    )
    assert started(run)[0].kind == "full_unconditional"


def test_match_based_coupling_from_the_list(scene: Scene) -> None:
    mapping = scene.mapping()
    mapping.lines.filter(erp_field="name").update(match=True)
    client = browser()
    data = {"list": "coupling.mapping.list", "ids": str(mapping.pk)}
    assert "Account Name" in shown(client, "/sync/match/", **data)

    client.post("/sync/match/", data, headers=HTMX)
    scene.work()

    assert Coupling.objects.filter(erp_id=scene.customer(), crm_id=scene.account()).exists()


def test_the_connection_runs_all_mappings(scene: Scene) -> None:
    response = browser("admin").post("/connection-setup/actions/sync_modified_all/", {"confirmed": "1"}, headers=HTMX)

    assert len(started(response)) == IntegrationTableMapping.objects.count()


def test_schedules_are_held_made_ready_and_run(scene: Scene) -> None:
    entry = Schedule.objects.get(mapping="CUSTOMER")
    admin, key = browser("admin"), str(entry.pk)

    act(admin, "sync.schedule.list", "hold", key)
    assert Schedule.objects.get(pk=key).state == "on_hold"
    act(admin, "sync.schedule.list", "ready", key)
    assert Schedule.objects.get(pk=key).state == "ready"
    assert started(act(browser(), "sync.schedule.list", "run", key))[0].mapping == "CUSTOMER"
    url = f"{registry.reverse('sync.schedule.list')}actions/hold/"
    assert browser().post(url, {"list": "sync.schedule.list", "ids": key}, headers=HTMX).status_code == 403


def test_a_job_is_cancelled_and_another_taken_back(scene: Scene) -> None:
    scene.couple()
    scene.edit_customer(phone_no="111")
    done = scene.run()
    client = browser()
    assert scene.telephone() == "111"

    assert started(act(client, "sync.job.list", "undo", str(done.pk)))[0].kind == "undo"
    drain()
    assert scene.telephone() in (None, "")
    waiting = mapping_run(user=scene.user, mapping=scene.mapping(), mode="full").jobs[0]
    act(client, "sync.job.list", "cancel", str(waiting.pk))

    assert Job.objects.get(pk=waiting.pk).state == "cancelled"
    assert "has ended already" in told(act(client, "sync.job.list", "cancel", str(waiting.pk)))


def test_the_review_starts_its_lines(scene: Scene) -> None:
    scene.mapping().lines.filter(erp_field="name").update(match=True)
    client = browser()
    assert "Couple Records" in shown(client, "/sync/full-sync/")
    client.post("/sync/full-sync/recommend/", {"mapping": ["CONTACT"]}, headers=HTMX)
    assert FullSyncLine.objects.get(mapping="CONTACT").recommendation == "full_synchronization"

    client.post("/sync/full-sync/start/", {"mapping": ["CUSTOMER"]}, headers=HTMX)

    assert "In Process" in shown(client, "/sync/full-sync/lines/") or "Ready" in shown(client, "/sync/full-sync/lines/")
    scene.work()
    assert "Finished" in shown(client, "/sync/full-sync/lines/")


def test_old_entries_are_deleted_by_administrators_only(scene: Scene) -> None:
    scene.couple()
    data = {"older_than_days": "0"}

    assert browser().post("/sync/jobs/delete-entries/", data, headers=HTMX).status_code == 403
    assert "entries were deleted" in told(browser("admin").post("/sync/jobs/delete-entries/", data, headers=HTMX))
    assert not Job.objects.exists()


def test_a_waiting_record_tells_the_reason_with_its_particulars(scene: Scene) -> None:
    coupling = skip(scene)
    error = coupling.error_from_crm or coupling.error_to_crm
    assert error is not None

    html = shown(browser(), "/sync/pending/", view="failed")

    assert text(error["code"], error["params"]) in html
    assert "%(" not in html
