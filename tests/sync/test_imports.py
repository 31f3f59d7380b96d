"""CSV import: all rows or none, each bad row named with line, column, value and reason."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connections

from records.errors import Rejected
from records.schema import model_of
from sync.imports import store
from sync.imports.reader import FileError, Reader
from sync.jobs import drain
from sync.models import Job, OutcomeRow
from sync.services import import_start

pytestmark = pytest.mark.django_db

HEAD = "No,Name,City"
MAP = {"No": "no", "Name": "name", "City": "city"}


@pytest.fixture(autouse=True)
def _folder(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


def customers() -> dict[str, str]:
    return dict(model_of("erp.Customer").objects.values_list("no", "name"))


def run(text: str | bytes, user: Any, **options: Any) -> Job:
    """Import a file and work it off."""
    raw = text.encode() if isinstance(text, str) else text
    given = {"table": "erp.Customer", "columns": MAP, **options}
    (job,) = import_start(user=user, blocks=[raw], **given).jobs
    drain()
    return Job.objects.get(pk=job.pk)


def bad(job: Job) -> list[tuple[int, str, str, str]]:
    """(line, column, value, code) of the bad rows."""
    rows = OutcomeRow.objects.filter(job=job, action="fail").order_by("id")
    return [(r.params["line"], r.params["column"], r.params["value"], r.reason) for r in rows]


def test_good_rows_are_stored_by_the_tables_own_rules(salesperson) -> None:
    job = run(f"{HEAD}\nA1,Ådatum «Ünï»,Zürich\na2,Contoso,\n", salesperson)

    assert (job.state, job.message_code, job.processed) == ("finished", "", 2)
    assert customers() == {"A1": "Ådatum «Ünï»", "A2": "Contoso"}
    assert job.counters[""]["inserted"] == 2
    assert OutcomeRow.objects.filter(job=job, action="insert").count() == 2
    assert set(model_of("erp.Customer").objects.values_list("search_name", "system_created_by")) == {
        ("ÅDATUM «ÜNÏ»", "salesperson"),
        ("CONTOSO", "salesperson"),
    }


def test_one_bad_row_takes_everything_back_and_all_bad_rows_are_named(salesperson) -> None:
    text = f"{HEAD}\nA1,Good,\nA2,{'x' * 10_000},\nA3,Good,,too many\nA4\nA1,Twice,\n"

    job = run(text, salesperson)

    assert (job.state, job.message_code, job.message_params) == ("failed", "import_refused", {"count": 4})
    assert customers() == {}
    assert bad(job) == [
        (3, "Name", "x" * 100, "too_long"),
        (4, "", "too many", "too_many_values"),
        (5, "", "", "too_few_values"),
        (6, "No", "A1", "unique_violation"),
    ]


def test_bad_rows_may_be_left_out(salesperson) -> None:
    job = run(f"{HEAD}\nA1,Good,\nA2,too,many,values\n", salesperson, skip_bad_rows=True)

    assert (job.state, job.counters[""]["inserted"], job.counters[""]["failed"]) == ("finished", 1, 1)
    assert customers() == {"A1": "Good"}


def test_a_dry_run_reports_what_would_be_and_stores_nothing(salesperson) -> None:
    job = run(f"{HEAD}\nA1,Good,\nA2,Good,\n", salesperson, dry_run=True)

    assert (job.state, job.preview, job.counters[""]["inserted"]) == ("finished", True, 2)
    assert OutcomeRow.objects.filter(job=job, action="insert").count() == 2
    assert customers() == {}


def test_the_word_for_a_missing_value_is_no_value(salesperson) -> None:
    run(f"{HEAD}\nA1,Good,NULL\nA2,Good,none\n", salesperson)
    assert set(model_of("erp.Customer").objects.values_list("city", flat=True)) == {"", "none"}

    job = run(f"{HEAD}\nA3,Good,-\n", salesperson, null="-")
    assert job.state == "finished"
    assert model_of("erp.Customer").objects.get(no="A3").city == ""


def test_quoted_commas_and_line_breaks_belong_to_their_value(salesperson) -> None:
    job = run(f'{HEAD}\nA1,"Good, Inc.","Two\nlines"\nA2,bad,too,many\n', salesperson, skip_bad_rows=True)

    assert customers() == {"A1": "Good, Inc."}
    assert bad(job)[0][:1] == (4,)


def test_unquoted_commas_name_all_their_lines_and_shift_nothing(salesperson) -> None:
    path = Path(__file__).parent / "data/customers-unquoted-commas.csv"
    job = run(path.read_bytes(), salesperson, columns={"customerID": "no", "companyName": "name", "city": "city"})

    assert job.counters[""]["failed"] == 24
    assert {code for *_x, code in bad(job)} == {"too_many_values"}
    assert customers() == {}


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (b"", "file_empty"),
        (b"\n\n", "file_empty"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "file_not_csv"),
        (b"PK\x03\x04\x14\x00\x06\x00", "file_not_csv"),
        ("No,Name".encode("utf-16"), "file_not_utf8"),
        (b"No,No\n1,2\n", "column_twice"),
        (b"\xffNo,Name\n", "file_not_csv"),
    ],
)
def test_what_is_no_csv_file_is_refused_at_once(raw: bytes, code: str, tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(raw)

    with pytest.raises(FileError) as caught:
        Reader(path)

    assert caught.value.code == code


def test_broken_encoding_is_named_at_its_line_and_column(salesperson) -> None:
    job = run(b"No,Name,City\nA1,Good,\nA2,Z\xfcrich,\n", salesperson)

    assert bad(job) == [(3, "Name", "Z?rich", "bad_encoding")]
    assert customers() == {}


def test_an_endless_line_is_one_bad_row_and_the_next_one_is_read(salesperson) -> None:
    job = run(b"No,Name,City\nA1,Good," + b"x" * 3_000_000 + b"\nA2,Good,\n", salesperson, skip_bad_rows=True)

    assert [(line, code) for line, _c, _v, code in bad(job)] == [(2, "row_too_long")]
    assert customers() == {"A2": "Good"}


def test_an_unclosed_quote_does_not_swallow_the_file(salesperson, settings) -> None:
    rows = "".join(f"B{i},Good,\n" for i in range(10))

    job = run(f'{HEAD}\nA1,"never closed,\n{rows}', salesperson)

    assert job.state == "failed"
    assert bad(job)[0][0] == 2


@pytest.mark.parametrize(
    ("columns", "field", "code"),
    [
        ({"Nmae": "name"}, "columns", "unknown_column"),
        ({"Name": "nmae"}, "columns", "unknown_import_field"),
        ({"Name": "system_modified_at"}, "columns", "unknown_import_field"),
        ({"No": "name", "Name": "name"}, "columns", "field_twice"),
        (None, "columns", "no_columns"),
    ],
)
def test_a_wrong_map_is_refused_without_a_job(columns: Any, field: str, code: str, salesperson) -> None:
    with pytest.raises(Rejected) as caught:
        import_start(user=salesperson, table="erp.Customer", blocks=[HEAD.encode()], columns=columns)

    assert (caught.value.errors[0].field, caught.value.errors[0].code) == (field, code)
    assert not Job.objects.exists()
    assert list(store.folder().iterdir()) == []


def test_columns_named_like_fields_need_no_map(salesperson) -> None:
    job = run("no,name,whatever\nA1,Good,x\n", salesperson, columns=None)

    assert job.state == "finished"
    assert customers() == {"A1": "Good"}


@pytest.mark.parametrize("table", ["erp.Nothing", "people.User", "sync.Job", "erp.CompanyInformation", "x"])
def test_only_business_tables_are_imported(table: str, salesperson) -> None:
    with pytest.raises(Rejected) as caught:
        import_start(user=salesperson, table=table, blocks=[b"a\n"])

    assert caught.value.errors[0].code == "unknown_table"


def test_the_file_is_gone_when_the_job_has_ended(salesperson, django_capture_on_commit_callbacks) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        run(f"{HEAD}\nA1,Good,\n", salesperson)

    assert list(store.folder().iterdir()) == []


@pytest.mark.django_db(transaction=True)
def test_a_cancelled_import_stores_nothing(salesperson, monkeypatch) -> None:
    from sync.imports import base
    from sync.imports import run as running

    (job,) = import_start(
        user=salesperson, table="erp.Customer", blocks=[f"{HEAD}\nA1,a,\nA2,b,\n".encode()], columns=MAP
    ).jobs
    insert = base.writes.insert

    def insert_and_cancel(*args: Any, **kwargs: Any) -> Any:
        other = connections.create_connection("default")
        with other.cursor() as cursor:
            cursor.execute("UPDATE sync_job SET cancel_requested = true")
        other.close()
        return insert(*args, **kwargs)

    monkeypatch.setattr(running, "BATCH", 1)
    monkeypatch.setattr(base.writes, "insert", insert_and_cancel)
    drain()

    assert (Job.objects.get(pk=job.pk).state, customers()) == ("cancelled", {})


def test_a_file_that_is_too_large_is_refused_while_it_comes(salesperson, settings) -> None:
    settings.IMPORT_MAX_BYTES = 10

    with pytest.raises(Rejected) as caught:
        import_start(user=salesperson, table="erp.Customer", blocks=[b"no,name\n", b"x" * 20], columns=None)

    assert caught.value.errors[0].code == "file_too_large"
    assert list(store.folder().iterdir()) == []


# Command line


def command(path: Path, *arguments: str) -> tuple[int, str, str]:
    out, err = io.StringIO(), io.StringIO()
    code = 0
    try:
        call_command("import_records", "erp.Customer", str(path), *arguments, stdout=out, stderr=err)
    except SystemExit as end:
        code = int(end.code or 0)
    return code, out.getvalue(), err.getvalue()


def test_command_imports_and_exits_0(tmp_path: Path) -> None:
    path = tmp_path / "c.csv"
    path.write_text(f"{HEAD}\nA1,Good,\n")

    code, out, err = command(path, "--map", "No=no", "--map", "Name=name")

    assert (code, err) == (0, "")
    assert "1 rows imported" in out


def test_command_names_line_column_value_and_reason_and_exits_1(tmp_path: Path) -> None:
    path = tmp_path / "c.csv"
    path.write_text(f"{HEAD}\nA1,Good,\nA2,{'y' * 300},\n")

    code, _out, err = command(path, "--map", "No=no", "--map", "Name=name")

    assert code == 1
    assert "line 3, column Name, value 'yyy" in err
    assert "too long" in err
    assert customers() == {}


@pytest.mark.parametrize("arguments", [("--map", "Nope=name"), ("--map", "Name"), ()])
def test_command_refuses_a_wrong_map_without_a_traceback(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    path = tmp_path / "c.csv"
    path.write_text(f"{HEAD}\nA1,Good,\n")

    code, _out, err = command(path, *arguments)

    assert code == 1
    assert err
    assert "Traceback" not in err


def test_command_refuses_a_file_that_is_not_there(tmp_path: Path) -> None:
    code, _out, err = command(tmp_path / "nothing.csv", "--map", "No=no")

    assert code == 1
    assert "nothing.csv" in err
