"""The REST API of jobs: shapes, refusals and rights."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from rest_framework.test import APIClient

from coupling.models import Connection, Coupling, IntegrationTableMapping
from sync.jobs import drain
from sync.models import Job, Schedule
from tests.coupling.world import World, build
from tests.sync.test_run import edit, match_by

pytestmark = pytest.mark.django_db
Client = Callable[[str], APIClient]

V1 = "/api/v1"
PASS = {"inserted", "modified", "deleted", "unchanged", "skipped", "failed", "coupled", "uncoupled", "direction"}
JOB = {
    *("id", "kind", "mapping", "direction", "preview", "state", "run_id", "caused_by", "requested_by", "requested_at"),
    *("started_at", "finished_at", "message", "total", "processed", "passes", "parent"),
}


@pytest.fixture
def world(db: Any) -> World:
    return build()


@pytest.fixture
def coupled(world: World, api: Client) -> World:
    """Both customers with their accounts."""
    answer = api("salesperson").post(
        f"{V1}/mappings/CUSTOMER/run/", {"mode": "full", "create_new": True, "direction": "to_crm"}
    )
    assert answer.status_code == 202
    drain()
    return world


def job_of(answer: Any) -> dict[str, Any]:
    assert answer.status_code == 202, answer.content
    (job,) = answer.json()["jobs"]
    return job


def test_a_run_answers_202_with_its_job(world: World, api: Client) -> None:
    answer = api("salesperson").post(f"{V1}/mappings/CUSTOMER/run/", {"mode": "full"})

    body = answer.json()
    assert set(body) == {"jobs", "scheduled", "skipped", "failed"}
    job = job_of(answer)
    assert set(job) >= JOB
    assert (job["kind"], job["mapping"], job["state"], job["finished_at"]) == ("full", "CUSTOMER", "ready", None)
    assert [p["direction"] for p in job["passes"]] == ["to_crm", "from_crm"]
    assert all(set(p) == PASS for p in job["passes"])


def test_synchronize_now_and_its_outcome(coupled: World, api: Client) -> None:
    adatum = coupled.customers["Adatum"]
    edit("erp.Customer", adatum, city="Milano")
    client = api("salesperson")

    answer = client.post(f"{V1}/sync/", {"mapping": "CUSTOMER", "erp_ids": [adatum], "direction": "to_crm"})
    drain()
    job = client.get(f"{V1}/jobs/{job_of(answer)['id']}/").json()

    assert answer.json()["scheduled"] == 1
    assert (job["kind"], job["state"], job["requested_by"]) == ("single", "finished", "salesperson")
    assert job["passes"] == [{**job["passes"][0], "direction": "to_crm", "modified": 1}]
    (row,) = client.get(f"{V1}/jobs/{job['id']}/records/").json()["results"]
    assert (row["action"], row["erp_id"], row["changes"]) == (
        "modify",
        adatum,
        {"crm": {"address1_city": ["Roma", "Milano"]}},
    )
    assert client.get(f"{V1}/jobs/{job['id']}/errors/").json()["count"] == 0
    assert client.get(f"{V1}/jobs/?record={adatum}&kind=single").json()["count"] == 1
    assert client.get(f"{V1}/jobs/?record={coupled.customers['Fabrikam']}&kind=single").json()["count"] == 0


def test_what_is_left_out_is_named_with_its_reason(coupled: World, api: Client) -> None:
    fabrikam = coupled.customers["Fabrikam"]
    Coupling.objects.filter(erp_id=fabrikam).update(skipped=True)

    body = (
        api("salesperson")
        .post(f"{V1}/sync/", {"mapping": "CUSTOMER", "erp_ids": [fabrikam], "direction": "to_crm"})
        .json()
    )

    assert (body["jobs"], body["scheduled"]) == ([], 0)
    (left,) = body["skipped"]
    assert set(left) == {"id", "code", "params", "detail"}
    assert (left["id"], left["code"]) == (fabrikam, "skipped_coupling")
    assert "skipped" in left["detail"]


def test_merge_takes_exactly_one_record(coupled: World, api: Client) -> None:
    ids = list(coupled.customers.values())
    client = api("salesperson")

    one = client.post(f"{V1}/sync/", {"mapping": "CUSTOMER", "erp_ids": ids[:1], "direction": "merge"})
    two = client.post(f"{V1}/sync/", {"mapping": "CUSTOMER", "erp_ids": ids, "direction": "merge"})

    assert [p["direction"] for p in job_of(one)["passes"]] == ["to_crm", "from_crm"]
    assert two.status_code == 400
    assert two.json()["errors"]["direction"][0]["code"] == "merge_one_record"


@pytest.mark.parametrize(
    ("body", "key"),
    [
        ({"erp_ids": ["x"], "mapping": "CUSTOMER", "direction": "to_crm"}, "erp_ids"),
        ({"erp_ids": "x", "mapping": "CUSTOMER", "direction": "to_crm"}, "erp_ids"),
        ({"erp_ids": [], "mapping": "CUSTOMER", "direction": "to_crm"}, "erp_ids"),
        ({"mapping": "CUSTOMER", "direction": "to_crm"}, "erp_ids"),
        ({"erp_ids": [None], "mapping": "CUSTOMER"}, "erp_ids"),
        ({"erp_ids": ["00000000-0000-7000-8000-000000000001"], "mapping": "NOTHING"}, "mapping"),
        ({"erp_ids": ["00000000-0000-7000-8000-000000000001"]}, "mapping"),
        ({"erp_ids": ["00000000-0000-7000-8000-000000000001"], "mapping": "CUSTOMER"}, "direction"),
        ({"erp_ids": ["00000000-0000-7000-8000-000000000001"], "mapping": "CUSTOMER", "direction": "up"}, "direction"),
        ({"erp_ids": ["00000000-0000-7000-8000-000000000001"], "mapping": 7, "direction": "up"}, "mapping"),
        ({"erp_ids": ["00000000-0000-7000-8000-000000000001"], "mapping": "CUSTOMER", "preview": "x"}, "preview"),
        (
            {"erp_ids": ["00000000-0000-7000-8000-000000000001"], "mapping": "CUSTOMER", "expected_versions": {"a": 1}},
            "expected_versions",
        ),
        (
            {"erp_ids": ["00000000-0000-7000-8000-000000000001"], "mapping": "CUSTOMER", "expected_versions": []},
            "expected_versions",
        ),
    ],
)
def test_bad_input_is_400_at_its_field(world: World, api: Client, body: dict[str, Any], key: str) -> None:
    answer = api("salesperson").post(f"{V1}/sync/", body)

    assert answer.status_code == 400, answer.content
    assert key in answer.json()["errors"]
    assert not Job.objects.exists()


def test_a_forged_direction_is_refused_without_a_job(world: World, api: Client) -> None:
    IntegrationTableMapping.objects.filter(name="CUSTOMER").update(direction="to_crm")
    client, adatum = api("salesperson"), world.customers["Adatum"]

    for path, body in [
        ("sync/", {"mapping": "CUSTOMER", "erp_ids": [adatum], "direction": "from_crm"}),
        ("sync/", {"mapping": "CUSTOMER", "erp_ids": [adatum], "direction": "merge"}),
        ("mappings/CUSTOMER/run/", {"mode": "modified", "direction": "from_crm"}),
        ("mappings/CUSTOMER/run/", {"mode": "modified", "direction": "bidirectional"}),
    ]:
        answer = client.post(f"{V1}/{path}", body)
        assert (answer.status_code, answer.json()["code"]) == (409, "direction_not_allowed")
    assert not Job.objects.exists()


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("sync/", {"mapping": "CUSTOMER", "erp_ids": ["00000000-0000-7000-8000-000000000001"], "direction": "to_crm"}),
        ("mappings/CUSTOMER/run/", {"mode": "modified"}),
        ("mappings/CUSTOMER/match/", {}),
        ("mappings/CUSTOMER/uncouple/", {}),
        ("full-sync/start/", {}),
    ],
)
def test_without_a_connection_everything_is_409(world: World, api: Client, path: str, body: dict[str, Any]) -> None:
    Connection.objects.update(enabled=False)

    answer = api("admin").post(f"{V1}/{path}", body)

    assert (answer.status_code, answer.json()["code"]) == (409, "connection_disabled")
    assert not Job.objects.exists()


def test_asking_again_answers_with_the_waiting_job(world: World, api: Client) -> None:
    client = api("salesperson")

    first = job_of(client.post(f"{V1}/mappings/CUSTOMER/run/", {"mode": "full"}))
    again = job_of(client.post(f"{V1}/mappings/CUSTOMER/run/", {"mode": "full"}))

    assert first["id"] == again["id"]


def test_matching_and_uncoupling_have_one_pass_without_direction(world: World, api: Client) -> None:
    match_by("name")
    client = api("salesperson")

    match = job_of(client.post(f"{V1}/mappings/CUSTOMER/match/", {"synchronize_after": False}))
    drain()
    matched = client.get(f"{V1}/jobs/{match['id']}/").json()
    uncouple = job_of(client.post(f"{V1}/mappings/CUSTOMER/uncouple/", {"erp_ids": [world.customers["Adatum"]]}))
    drain()
    uncoupled = client.get(f"{V1}/jobs/{uncouple['id']}/").json()

    assert [(p["direction"], p["coupled"], p["failed"]) for p in matched["passes"]] == [("", 1, 1)]
    (error,) = client.get(f"{V1}/jobs/{match['id']}/errors/").json()["results"]
    assert (error["reason"], error["erp_id"], error["params"]["candidates"]) == (
        "no_match",
        world.customers["Fabrikam"],
        [],
    )
    assert [(p["direction"], p["uncoupled"]) for p in uncoupled["passes"]] == [("", 1)]


def test_cancel_and_undo_answer_with_the_job_or_409(coupled: World, api: Client) -> None:
    client = api("salesperson")
    done = Job.objects.get()

    waiting = job_of(client.post(f"{V1}/mappings/CUSTOMER/run/", {"mode": "full"}))
    cancelled = client.post(f"{V1}/jobs/{waiting['id']}/cancel/")
    assert (cancelled.status_code, cancelled.json()["state"]) == (200, "cancelled")
    assert client.post(f"{V1}/jobs/{waiting['id']}/cancel/").json()["code"] == "job_ended"
    assert client.post(f"{V1}/jobs/{waiting['id']}/undo/").json()["code"] == "nothing_to_undo"

    undo = job_of(client.post(f"{V1}/jobs/{done.pk}/undo/"))
    assert (undo["kind"], undo["caused_by"]) == ("undo", str(done.pk))
    assert client.post(f"{V1}/jobs/{done.pk}/undo/").json()["code"] == "already_undone"


def test_pending_shows_what_waits_and_why(coupled: World, api: Client) -> None:
    client = api("viewer")
    before = client.get(f"{V1}/pending/?mapping=customer&side=erp").json()["count"]
    edit("erp.Customer", coupled.customers["Adatum"], city="Milano")

    found = client.get(f"{V1}/pending/?mapping=CUSTOMER&side=erp").json()

    assert (before, found["count"]) == (0, 1)
    assert set(found["results"][0]) >= {"mapping", "side", "record", "reason", "detail", "not_before"}
    assert client.get(f"{V1}/pending/?side=x").status_code == 400


def test_schedules_are_changed_held_and_run(world: World, api: Client) -> None:
    client = api("admin")
    entry = client.get(f"{V1}/schedules/?mapping=CUSTOMER").json()["results"][0]
    at = f"{V1}/schedules/{entry['id']}/"
    assert (entry["state"], entry["interval_minutes"]) == ("ready", 30)

    changed = client.patch(at, {"interval_minutes": 5}, headers={"If-Match": f'"{entry["row_version"]}"'})
    assert changed.json()["interval_minutes"] == 5
    assert (
        client.patch(at, {"interval_minutes": 6}, headers={"If-Match": f'"{entry["row_version"]}"'}).status_code == 412
    )
    assert client.patch(at, {"interval_minutes": 0}).json()["errors"]["interval_minutes"][0]["code"] == "out_of_range"
    assert client.patch(at, {"interval": 1}).status_code == 400

    assert client.post(f"{at}hold/").json()["state"] == "on_hold"
    job = job_of(client.post(f"{at}run/"))
    assert (job["kind"], job["mapping"]) == ("modified", "CUSTOMER")
    assert client.get(at).json()["last_job"] == job["id"]
    assert client.post(f"{at}ready/").json()["state"] == "ready"
    held = client.post(f"{V1}/schedules/hold_all/").json()["results"]
    assert {e["state"] for e in held} == {"on_hold"}
    assert {e["state"] for e in client.post(f"{V1}/schedules/ready_all/").json()["results"]} == {"ready"}
    assert Schedule.objects.count() == IntegrationTableMapping.objects.count()


def test_full_synchronization_starts_its_lines_in_dependency_order(world: World, api: Client) -> None:
    client = api("admin")
    lines = {line["mapping"]: line for line in client.get(f"{V1}/full-sync/").json()["results"]}
    assert lines["CUSTOMER"]["recommendation"] == "couple_records"
    assert list(lines).index("CURRENCY") < list(lines).index("CUSTOMER") < list(lines).index("CONTACT")

    body = {"mappings": ["CUSTOMER", "CURRENCY"], "recommendation": "full_synchronization"}
    answer = client.post(f"{V1}/full-sync/start/", body).json()
    parent, *children = answer["jobs"]
    assert (parent["kind"], [c["kind"] for c in children]) == ("full_sync", ["full", "full"])
    assert {c["parent"] for c in children} == {parent["id"]}
    assert client.post(f"{V1}/full-sync/reset/").json()["code"] == "full_sync_running"

    drain()

    after = {line["mapping"]: line for line in client.get(f"{V1}/full-sync/").json()["results"]}
    assert (after["CUSTOMER"]["status"], after["CUSTOMER"]["to_crm_status"]) == ("finished", "success")
    assert client.get(f"{V1}/jobs/{parent['id']}/").json()["state"] == "finished"
    assert client.post(f"{V1}/full-sync/start/", {"mappings": ["CUSTOMER"]}).json()["code"] == "nothing_pending"
    assert client.post(f"{V1}/full-sync/restart/", {"mappings": ["CUSTOMER"]}).status_code == 202


def test_deleting_log_entries_keeps_what_a_skipped_coupling_names(coupled: World, api: Client) -> None:
    job = Job.objects.get()
    Coupling.objects.filter(erp_id=coupled.customers["Adatum"]).update(skipped=True, last_job_to_crm=job.pk)
    client = api("admin")
    client.post(f"{V1}/jobs/{job_of(client.post(f'{V1}/mappings/CUSTOMER/run/', {'mode': 'full'}))['id']}/cancel/")

    assert client.post(f"{V1}/jobs/delete-entries/", {"older_than_days": 1}).json() == {"deleted": 0, "kept": 0}
    assert client.post(f"{V1}/jobs/delete-entries/", {"older_than_days": 0}).json() == {"deleted": 1, "kept": 1}
    assert client.post(f"{V1}/jobs/delete-entries/", {"older_than_days": -1}).status_code == 400
    assert api("salesperson").post(f"{V1}/jobs/delete-entries/", {"older_than_days": 0}).status_code == 403


@pytest.fixture
def upload(settings: Any, tmp_path: Any, api: Client) -> Iterator[Callable[..., Any]]:
    settings.MEDIA_ROOT = tmp_path

    def post(text: str, **values: Any) -> Any:
        form = {"table": "erp.Customer", "columns": '{"No": "no", "Name": "name"}', **values}
        file = SimpleUploadedFile("customers.csv", text.encode(), "text/csv")
        return api("salesperson").post(f"{V1}/imports/", {**form, "file": file}, format="multipart")

    return post


def test_an_import_is_a_job(world: World, upload: Callable[..., Any], api: Client) -> None:
    answer = upload("No,Name\nI1,Imported\n")
    drain()

    job = api("viewer").get(f"{V1}/jobs/{job_of(answer)['id']}/").json()
    assert (job["kind"], job["state"], job["passes"][0]["inserted"]) == ("import", "finished", 1)


def test_bad_rows_of_an_import_are_its_errors(world: World, upload: Callable[..., Any], api: Client) -> None:
    job = job_of(upload("No,Name\nI1,Imported\nI2,a,b\n"))
    drain()

    shown = api("viewer").get(f"{V1}/jobs/{job['id']}/").json()
    assert (shown["state"], shown["message"]["code"]) == ("failed", "import_refused")
    (row,) = api("viewer").get(f"{V1}/jobs/{job['id']}/errors/").json()["results"]
    assert (row["params"]["line"], row["params"]["value"], row["reason"]) == (3, "b", "too_many_values")
    assert "2 columns" in row["detail"]


@pytest.mark.parametrize(
    ("text", "values", "field", "code"),
    [
        ("", {}, "file", "file_empty"),
        ("No,Name\n", {"columns": '{"Nope": "no"}'}, "columns", "unknown_column"),
        ("No,Name\n", {"columns": "{"}, "columns", "invalid_value"),
        ("No,Name\n", {"table": "erp.Nope"}, "table", "unknown_table"),
        ("No,Name\n", {"dry_run": "perhaps"}, "dry_run", "invalid_value"),
    ],
)
def test_a_wrong_import_is_400(
    world: World, upload: Callable[..., Any], text: str, values: dict[str, Any], field: str, code: str
) -> None:
    answer = upload(text, **values)

    assert answer.status_code == 400, answer.content
    assert answer.json()["errors"][field][0]["code"] == code


def test_an_import_without_a_file_is_400(world: World, api: Client) -> None:
    answer = api("salesperson").post(f"{V1}/imports/", {"table": "erp.Customer"})

    assert answer.json()["errors"]["file"][0]["code"] == "file_missing"


def test_an_upload_of_2_gb_is_refused_before_it_is_read(world: World, api: Client) -> None:
    class Endless:
        """A body that must not be read."""

        def read(self, *_: Any) -> bytes:
            raise AssertionError("read")

        readline = read

    answer = api("salesperson").generic(
        "POST",
        f"{V1}/imports/",
        b"",
        "multipart/form-data; boundary=x",
        CONTENT_LENGTH="2000000000",
        **{"wsgi.input": Endless()},
    )

    assert answer.status_code == 400
    assert answer.json()["errors"]["file"][0]["code"] == "file_too_large"


def test_wait_holds_the_answer_until_the_job_ends(world: World, api: Client, monkeypatch: Any) -> None:
    from sync import selectors

    monkeypatch.setattr(selectors.time, "sleep", lambda _seconds: drain())

    answer = api("salesperson").post(f"{V1}/mappings/CUSTOMER/run/?wait=10", {"mode": "full"})

    assert job_of(answer)["state"] == "finished"
    assert api("salesperson").post(f"{V1}/mappings/CUSTOMER/run/?wait=x", {"mode": "full"}).status_code == 400


@pytest.mark.parametrize("kind", ["kind=x", "state=x", "record=x", "limit=0", "filter=nope=1", "ordering=nope"])
def test_a_bad_query_of_the_job_list_is_400(world: World, api: Client, kind: str) -> None:
    assert api("viewer").get(f"{V1}/jobs/?{kind}").status_code == 400


def test_jobs_are_filtered_and_ordered(coupled: World, api: Client) -> None:
    client = api("viewer")

    assert client.get(f"{V1}/jobs/?mapping=CUSTOMER&filter=state=finished&ordering=requested_at").json()["count"] == 1
    assert client.get(f"{V1}/jobs/?filter=state=failed").json()["count"] == 0
    assert client.get(f"{V1}/jobs/nothing/").status_code == 404


@pytest.mark.parametrize(
    "path", ["sync", "mappings/CUSTOMER/run", "mappings/CUSTOMER/match", "mappings/CUSTOMER/uncouple", "imports"]
)
def test_viewers_start_nothing(world: World, api: Client, path: str) -> None:
    assert api("viewer").post(f"{V1}/{path}/", {}).status_code == 403
    assert api("outsider").get(f"{V1}/jobs/").status_code == 403
    assert api("").get(f"{V1}/jobs/").status_code == 401


def test_a_single_record_that_is_waited_for_needs_no_worker(coupled: World, api: Client) -> None:
    adatum = coupled.customers["Adatum"]
    edit("erp.Customer", adatum, city="Milano")

    answer = api("salesperson").post(
        f"{V1}/sync/?wait=5", {"mapping": "CUSTOMER", "erp_ids": [adatum], "direction": "to_crm"}
    )

    job = job_of(answer)
    assert (job["state"], job["passes"][0]["modified"]) == ("finished", 1)
