"""Excel workbooks: imported with the rules of a CSV file; made, edited and sent back without losing anybody's change."""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.test import Client

from pages import registry
from pages.exchange import text_of
from records import writes
from records.errors import Refused, Rejected
from records.schema import model_of
from sync.imports import archive, store
from sync.imports.rows import FileError
from sync.imports.workbook import WorkbookReader
from sync.jobs import drain
from sync.models import Job, OutcomeRow
from sync.services import import_apply, import_start

pytestmark = pytest.mark.django_db

MAP = {"No": "no", "Name": "name", "City": "city"}


@pytest.fixture(autouse=True)
def _folder(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


def book(*rows: list[Any], sheet: str = "Data", **others: list[list[Any]]) -> bytes:
    """A workbook with these rows, and further sheets."""
    found = openpyxl.Workbook()
    found.active.title = sheet
    for row in rows:
        found.active.append(row)
    for name, lines in others.items():
        other = found.create_sheet(name)
        for line in lines:
            other.append(line)
    return saved(found)


def saved(found: Any) -> bytes:
    file = io.BytesIO()
    found.save(file)
    return file.getvalue()


def run(raw: bytes, user: Any, **options: Any) -> Job:
    given = {"table": "erp.Customer", "columns": MAP, **options}
    (job,) = import_start(user=user, blocks=[raw], **given).jobs
    drain()
    return Job.objects.get(pk=job.pk)


def bad(job: Job) -> list[tuple[int, str, str]]:
    rows = OutcomeRow.objects.filter(job=job, action="fail").order_by("id")
    return [(r.params["line"], r.params["column"], r.reason) for r in rows]


def customers() -> dict[str, str]:
    return dict(model_of("erp.Customer").objects.values_list("no", "name"))


# Import


def test_a_workbook_is_imported_like_a_csv_file(salesperson: Any) -> None:
    job = run(book(["No", "Name", "City"], ["A1", "Åäö", "Malmö"], [], [4711, "Number as text", None]), salesperson)

    assert (job.state, job.counters[""]["inserted"]) == ("finished", 2)
    assert customers() == {"A1": "Åäö", "4711": "Number as text"}


def test_cells_keep_their_type(salesperson: Any) -> None:
    columns = {
        "No": "no",
        "Name": "name",
        "Limit": "credit_limit_lcy",
        "Locked": "prices_including_vat",
        "Blocked": "blocked",
    }
    raw = book(
        ["No", "Name", "Limit", "Locked", "Blocked"],
        ["T1", "Typed", 1234.5, True, "Ship"],
        ["T2", "Text", "1234.5000", "yes", "All"],
        ["T3", "Sum", 0.1 + 0.2, None, None],
    )
    run(raw, salesperson, columns=columns)

    found = model_of("erp.Customer").objects.order_by("name")
    assert list(found.values_list("name", "credit_limit_lcy", "prices_including_vat", "blocked")) == [
        ("Sum", Decimal("0.3000"), False, 0),
        ("Text", Decimal("1234.5000"), True, 3),
        ("Typed", Decimal("1234.5000"), True, 1),
    ]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (dt.datetime(2026, 1, 31), "2026-01-31"),
        (dt.datetime(2026, 1, 31, 23, 59, 59, 700_000), "2026-02-01"),
        (dt.datetime(2026, 1, 31, 8, 30), "2026-01-31T08:30:00"),
        (12345.0, "12345"),
        (1e20, "100000000000000000000"),
        (-0.0, "0"),
        (Decimal("1.5000"), "1.5"),
        (False, "false"),
        ("a\r\nb", "a\nb"),
        (None, ""),
    ],
)
def test_values_of_cells_as_text(value: Any, text: str) -> None:
    assert text_of(value) == text


def test_formulas_and_errors_are_named_with_their_cell_and_take_everything_back(salesperson: Any) -> None:
    raw = book(["No", "Name", "City"], ["A1", "Good", ""], ["A2", '=CONCAT("a","b")', ""], ["A3", "#N/A", ""])

    job = run(raw, salesperson)

    assert (job.state, job.message_code) == ("failed", "import_refused")
    assert bad(job) == [(3, "Name", "formula_cell"), (4, "Name", "error_cell")]
    assert customers() == {}


def test_a_row_that_is_longer_than_the_head_line_is_named(salesperson: Any) -> None:
    job = run(book(["No", "Name", "City"], ["A1", "Good", "x", "extra"]), salesperson)

    assert bad(job) == [(2, "", "too_many_values")]


def test_a_sheet_is_chosen_by_name_and_an_unknown_one_is_refused(salesperson: Any) -> None:
    raw = book(["Nothing"], Customers=[["No", "Name", "City"], ["S1", "Sheet", ""]])
    assert run(raw, salesperson, sheet="Customers").state == "finished"
    assert customers() == {"S1": "Sheet"}

    with pytest.raises(Rejected) as found:
        run(raw, salesperson, sheet="Items")
    assert (found.value.errors[0].field, found.value.errors[0].code) == ("sheet", "unknown_sheet")
    assert found.value.errors[0].params["known"] == "Data, Customers"


def _zip(**parts: bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as found:
        for name, content in parts.items():
            found.writestr(name, content)
    return file.getvalue()


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (b"PK\x03\x04 and nothing else", "file_not_excel"),
        (_zip(**{"some.txt": b"x"}), "file_not_excel"),
        (_zip(**{"[Content_Types].xml": b"<Types", "xl/workbook.xml": b"<"}), "file_not_excel"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1old", "file_old_excel"),
        (_zip(**{"[Content_Types].xml": b"", "xl/sharedStrings.xml": b"\0" * (archive.MOST_TEXTS + 1)}), "file_bursts"),
        (_zip(**{"[Content_Types].xml": b"", "xl/styles.xml": b"\0" * (archive.MOST_OTHER + 1)}), "file_bursts"),
        (book(), "file_empty"),
        (book(["Name", "Name"]), "column_twice"),
    ],
)
def test_what_is_no_readable_workbook_is_told_at_once(raw: bytes, code: str, salesperson: Any) -> None:
    with pytest.raises(Rejected) as found:
        run(raw, salesperson)

    assert found.value.errors[0].code == code
    assert not list(store.folder().iterdir())


def test_a_sheet_that_bursts_is_refused_before_it_is_read(tmp_path: Path) -> None:
    path = tmp_path / "bomb.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("[Content_Types].xml", b"")
        with file.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as part:
            for _n in range(210):
                part.write(b" " * 1_000_000)

    with pytest.raises(FileError) as found:
        archive.check(path)
    assert found.value.code == "file_bursts"


def test_a_row_without_end_is_refused_while_it_is_read() -> None:
    guarded = archive.Guarded(io.BytesIO(b"<row>" + b"x" * (archive.MOST_ROW + 1)))

    guarded.read(archive.MOST_ROW)
    with pytest.raises(FileError):
        guarded.read(65_536)


def test_rows_out_of_order_and_beyond_the_sheet_lose_nothing_silently(tmp_path: Path) -> None:
    path = tmp_path / "odd.xlsx"
    _with_sheet(
        path,
        '<row r="1"><c r="A1" t="inlineStr"><is><t>No</t></is></c></row>'
        '<row r="9"><c r="A9"><v>9</v></c></row><row r="5"><c r="A5"><v>5</v></c></row>'
        '<row r="99999999999"><c r="A1"><v>1</v></c></row>',
    )

    with WorkbookReader(path) as reader:
        rows = list(reader)
    assert [(row.line, row.values) for row in rows[:2]] == [(9, {"No": "9"}), (5, {"No": "5"})]
    assert [p.code for p in rows[2].problems] == ["row_unreadable"]


def _with_sheet(path: Path, rows: str) -> None:
    """A workbook whose sheet holds exactly this."""
    name = "xl/worksheets/sheet1.xml"
    space = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    with zipfile.ZipFile(io.BytesIO(book(["x"]))) as old, zipfile.ZipFile(path, "w") as new:
        for part in old.namelist():
            text = f'<worksheet xmlns="{space}"><sheetData>{rows}</sheetData></worksheet>'
            new.writestr(part, text if part == name else old.read(part))


# Edit in Excel


@pytest.fixture
def three(django_user_model: Any) -> dict[str, str]:
    """Three customers: {no: key}."""
    values = [{"no": f"E{n}", "name": f"Name {n}", "credit_limit_lcy": Decimal(n)} for n in (1, 2, 3)]
    return {row.get("no"): row.pk for row in writes.insert("erp.Customer", values, source="setup").rows}


@pytest.fixture
def get(client: Client, salesperson: Any) -> Callable[..., Any]:
    """The workbook of the list of customers."""
    client.force_login(salesperson)

    def fetch(**data: Any) -> Any:
        answer = client.post(f"{registry.reverse('erp.customer.list')}excel/", {"list": "erp.customer.list", **data})
        assert answer.status_code == 200
        return openpyxl.load_workbook(io.BytesIO(b"".join(answer.streaming_content)))

    return fetch


def cells(found: Any) -> dict[str, int]:
    """{field: column number}."""
    return {cell.value: cell.column for cell in found.active[1] if cell.value}


def line_of(found: Any, no: str) -> int:
    column = cells(found)["no"] if "no" in cells(found) else cells(found)["-no"]
    return next(row[0].row for row in found.active.iter_rows(min_row=3) if row[column - 1].value == no)


def put(found: Any, no: str, field: str, value: Any) -> None:
    found.active.cell(line_of(found, no), cells(found)[field], value)


def back(found: Any, user: Any, **options: Any) -> Job:
    return run(saved(found), user, columns=None, edit=True, **options)


def test_the_file_holds_captions_hidden_names_identifiers_and_stored_types(get: Any, three: dict[str, str]) -> None:
    sheet = get(fields="all").active

    assert sheet.row_dimensions[1].hidden
    assert sheet.column_dimensions["A"].hidden
    names = cells(get(fields="all"))
    assert sheet.cell(2, names["name"]).value == "Name"
    assert {sheet.cell(row, 1).value for row in (3, 4, 5)} == set(three.values())
    assert sheet.cell(3, names["credit_limit_lcy"]).value == 1
    assert sheet.cell(3, names["name"]).number_format == "@"


def test_only_the_chosen_records_or_those_of_the_filter_are_in_it(get: Any, three: dict[str, str]) -> None:
    assert get(ids=three["E2"]).active.max_row == 3
    assert get(state="filter=no%3DE1..E2").active.max_row == 4


def test_a_file_that_nobody_edited_changes_nothing(get: Any, three: dict[str, str], salesperson: Any) -> None:
    job = back(get(fields="all"), salesperson)

    assert (job.state, job.counters[""]["unchanged"], job.counters[""]["modified"]) == ("finished", 3, 0)
    assert set(model_of("erp.Customer").objects.values_list("row_version", flat=True)) == {1}


def test_changed_cells_are_written_and_empty_rows_filled_become_records(
    get: Any, three: dict[str, str], salesperson: Any
) -> None:
    found = get(fields="all")
    put(found, "E2", "name", "Renamed")
    put(found, "E2", "blocked", "Invoice")
    put(found, "E3", "credit_limit_lcy", 99.5)
    found.active.cell(6, cells(found)["no"], "E9")
    found.active.cell(6, cells(found)["name"], "New one")

    job = back(found, salesperson)

    assert job.counters[""] | {"modified": 2, "inserted": 1, "unchanged": 1, "failed": 0} == job.counters[""]
    assert customers() == {"E1": "Name 1", "E2": "Renamed", "E3": "Name 3", "E9": "New one"}
    row = OutcomeRow.objects.get(job=job, erp_id=three["E2"])
    assert row.changes["erp"]["name"] == ["Name 2", "Renamed"]
    assert model_of("erp.Customer").objects.get(no="E2").blocked == 2
    assert model_of("erp.Customer").objects.get(no="E1").row_version == 1


def test_a_record_that_somebody_else_changed_is_reported_and_not_overwritten(
    get: Any, three: dict[str, str], salesperson: Any
) -> None:
    found = get(fields="all")
    put(found, "E1", "name", "From the workbook")
    put(found, "E3", "name", "Also from the workbook")
    others = [writes.Edit(three["E1"], {"city": "Lund"}), writes.Edit(three["E2"], {"city": "Lund"})]
    writes.update("erp.Customer", others, source="page")

    job = back(found, salesperson)
    assert bad(job) == [(line_of(found, "E1"), "", "row_stale")]
    assert customers()["E3"] == "Name 3"  # all or nothing, unless told otherwise

    job = back(found, salesperson, skip_bad_rows=True)
    assert customers() == {"E1": "Name 1", "E2": "Name 2", "E3": "Also from the workbook"}
    assert set(model_of("erp.Customer").objects.exclude(city="").values_list("no", flat=True)) == {"E1", "E2"}


def test_a_deleted_record_and_a_copied_row_are_reported_by_row(
    get: Any, three: dict[str, str], salesperson: Any
) -> None:
    found = get()
    put(found, "E1", "name", "Too late")
    line = line_of(found, "E2")
    for column in range(1, found.active.max_column + 1):
        found.active.cell(6, column, found.active.cell(line, column).value)
    model_of("erp.Customer").objects.filter(no="E1").delete()

    job = back(found, salesperson)

    assert bad(job) == [(line_of(found, "E1"), "", "row_gone"), (6, "", "row_twice")]


def test_the_preview_shows_what_is_then_written_once(
    get: Any, three: dict[str, str], salesperson: Any, django_capture_on_commit_callbacks: Any
) -> None:
    found = get()
    put(found, "E1", "name", "Previewed")
    preview = back(found, salesperson, dry_run=True)
    assert preview.counters[""]["modified"] == 1
    assert OutcomeRow.objects.get(job=preview).changes["erp"]["name"] == ["Name 1", "Previewed"]
    assert customers()["E1"] == "Name 1"

    (job,) = import_apply(user=salesperson, job=preview).jobs
    with pytest.raises(Refused, match="already_applied"):
        import_apply(user=salesperson, job=preview)
    with django_capture_on_commit_callbacks(execute=True):
        drain()

    assert Job.objects.get(pk=job.pk).counters[""]["modified"] == 1
    assert customers()["E1"] == "Previewed"
    assert not list(store.folder().iterdir())


def test_a_change_between_preview_and_writing_is_not_overwritten(
    get: Any, three: dict[str, str], salesperson: Any
) -> None:
    found = get()
    put(found, "E1", "name", "Previewed")
    preview = back(found, salesperson, dry_run=True)
    writes.update("erp.Customer", [writes.Edit(three["E1"], {"name": "Faster"})], source="page")

    (job,) = import_apply(user=salesperson, job=preview).jobs
    drain()

    assert bad(Job.objects.get(pk=job.pk)) == [(3, "", "row_stale")]
    assert customers()["E1"] == "Faster"


def test_options_in_another_language_come_back(get: Any, three: dict[str, str], salesperson: Any) -> None:
    salesperson.language = "sv"
    salesperson.save()
    writes.update("erp.Customer", [writes.Edit(three["E1"], {"blocked": 3})], source="page")
    found = get()
    put(found, "E1", "name", "Namn")

    job = back(found, salesperson)

    assert job.counters[""]["modified"] == 1
    assert set(OutcomeRow.objects.get(job=job).changes["erp"]) >= {"name"}
    assert "blocked" not in OutcomeRow.objects.get(job=job).changes["erp"]


@pytest.mark.parametrize("raw", [book(["No", "Name"], ["A1", "x"]), b"no,name\nA1,x\n"])
def test_another_file_is_refused_where_an_edited_one_is_expected(raw: bytes, salesperson: Any) -> None:
    with pytest.raises(Rejected) as found:
        run(raw, salesperson, columns=None, edit=True)
    assert found.value.errors[0].code == "file_not_for_edit"


def test_an_edited_file_of_another_table_or_in_the_import_is_refused(get: Any, three: Any, salesperson: Any) -> None:
    raw = saved(get())
    for options, code in (({"edit": True, "table": "erp.Contact"}, "file_of_other_table"), ({}, "file_for_edit")):
        with pytest.raises(Rejected) as found:
            run(raw, salesperson, columns=None, **options)
        assert found.value.errors[0].code == code


def test_the_dialog_leads_to_the_preview_and_from_there_to_the_writing(
    get: Any, client: Client, three: dict[str, str], salesperson: Any
) -> None:
    found = get()
    put(found, "E1", "name", "By dialog")
    file = io.BytesIO(saved(found))
    file.name = "customers.xlsx"
    headers = {"HX-Request": "true"}

    answer = client.post(
        registry.reverse("sync.edit_in_excel"), {"list": "erp.customer.list", "file": file}, headers=headers
    )
    drain()
    shown = client.get(answer["HX-Redirect"]).content.decode()
    assert "By dialog" in shown
    assert "sync/import/apply/" in shown

    chosen = {"list": "sync.job.list", "ids": str(Job.objects.get().pk)}
    assert "1 changed" in client.get(registry.reverse("sync.import.apply"), chosen, headers=headers).content.decode()
    client.post(registry.reverse("sync.import.apply"), chosen, headers=headers)
    drain()
    assert customers()["E1"] == "By dialog"


def test_another_sheet_can_be_chosen_in_the_dialog(client: Client, salesperson: Any) -> None:
    client.force_login(salesperson)
    file = io.BytesIO(book(["Nothing"], Customers=[["Number", "Name"], ["S1", "Sheet"]]))
    file.name = "two.xlsx"
    send = {"list": "erp.customer.list"}
    headers = {"HX-Request": "true"}
    first = client.post(registry.reverse("sync.import"), {**send, "file": file}, headers=headers).content.decode()
    assert "data-resubmit" in first
    stored = next(store.folder().iterdir()).stem

    second = client.post(
        registry.reverse("sync.import"),
        {**send, "stored": stored, "read_sheet": "Data", "sheet": "Customers", "null": "NULL"},
        headers=headers,
    ).content.decode()
    assert "Number" in second
    client.post(
        registry.reverse("sync.import"),
        {
            **send,
            "stored": stored,
            "read_sheet": "Customers",
            "sheet": "Customers",
            "column_0": "no",
            "column_1": "name",
        },
        headers=headers,
    )
    drain()
    assert customers() == {"S1": "Sheet"}


# The API


def fetched(client: Any, query: str = "", table: str = "erp/customers") -> Any:
    answer = client.get(f"/api/v1/{table}/excel/{query}")
    assert answer.status_code == 200, answer.content
    return openpyxl.load_workbook(io.BytesIO(b"".join(answer.streaming_content)))


def column(found: Any, name: str) -> list[Any]:
    rows = list(found.active.iter_rows(values_only=True))
    place = [str(cell).removeprefix("-") for cell in rows[0]].index(name)
    return [row[place] for row in rows[2:]]


def test_a_workbook_is_got_edited_and_sent_back_over_the_api(api: Callable[[str], Any]) -> None:
    writes.insert(
        "erp.Customer", [{"no": f"C{n}", "name": f"Name {n}", "city": "Roma"} for n in range(4)], source="api"
    )
    client = api("salesperson")
    keys = {c.no: str(c.pk) for c in model_of("erp.Customer").objects.all()}

    found = fetched(client, f"?filter=no=C1..C3&ordering=-no&ids={keys['C3']},{keys['C1']},{keys['C0']}&fields=all")
    assert column(found, "no") == ["C3", "C1"]
    place = [cell.value for cell in found.active[1]].index("city") + 1
    found.active.cell(3, place).value = "Oslo"
    form = {"file": io.BytesIO(saved(found)), "table": "erp.Customer", "edit": "true"}
    answer = client.post("/api/v1/imports/", form, format="multipart")
    assert answer.status_code == 202, answer.content
    drain()

    assert {c.no: c.city for c in model_of("erp.Customer").objects.all()} == {
        "C0": "Roma", "C1": "Roma", "C2": "Roma", "C3": "Oslo",
    }  # fmt: skip


def test_the_workbook_of_who_may_not_change_is_only_to_be_read(api: Callable[[str], Any]) -> None:
    writes.insert("erp.Customer", [{"no": "C1", "name": "Name"}], source="api")

    assert "tandem" not in str(fetched(api("viewer")).active.cell(1, 1).value)
    assert str(fetched(api("salesperson")).active.cell(1, 1).value).startswith("tandem")
    assert api("outsider").get("/api/v1/erp/customers/excel/").status_code == 403
    assert api("viewer").get("/api/v1/erp/customers/excel/?ids=x").status_code == 400
    assert api("viewer").get("/api/v1/erp/customers/excel/?filter=colour=red").status_code == 400
