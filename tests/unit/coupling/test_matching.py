"""Match-based coupling on plain data: groups, blanks, case, who gets a row that several records equal."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest

from coupling.matching import Candidate, Criterion, Verdict, as_text, groups, match
from coupling.plan import Problem

NAME = Criterion("name", "name")
MAIL = Criterion("mail", "mail")
MAIL_SECOND = Criterion("mail", "mail", priority=1)


def matched(
    records: dict[str, dict[str, Any]], candidates: dict[str, dict[str, Any]], *criteria: Criterion, **held: str
) -> dict[str, Verdict]:
    """Verdicts; `held`: which candidate is coupled with which record already."""
    rows = [Candidate(key, values, held.get(key)) for key, values in candidates.items()]
    return match(records, groups(criteria), rows)


def outcome(verdict: Verdict) -> tuple[str, str | None]:
    return verdict.reason, verdict.partner


@pytest.mark.parametrize(
    ("record", "row", "criteria", "reason"),
    [
        ({"name": "Adatum"}, {"name": "ADATUM "}, [NAME], "matched"),
        ({"name": "Adatum"}, {"name": "ADATUM"}, [Criterion("name", "name", case_sensitive=True)], "no_match"),
        ({"name": "Adatum"}, {"name": " Adatum"}, [Criterion("name", "name", case_sensitive=True)], "matched"),
        ({"name": ""}, {"name": ""}, [NAME], "no_match"),
        ({"name": "  "}, {"name": None}, [NAME], "no_match"),
        ({"name": "A", "mail": ""}, {"name": "a", "mail": "x"}, [NAME, MAIL], "matched"),
        ({"name": "A", "mail": "x"}, {"name": "a", "mail": ""}, [NAME, MAIL], "no_match"),
        ({"name": "A", "mail": "x"}, {"name": "a", "mail": "y"}, [NAME, MAIL], "no_match"),
        ({"name": "A", "mail": "x"}, {"name": "b", "mail": "x"}, [NAME, MAIL_SECOND], "matched"),
        ({"name": Problem("too_long")}, {"name": ""}, [NAME], "no_match"),
        ({"name": "A", "mail": Problem("not_coupled")}, {"name": "A", "mail": "x"}, [NAME, MAIL], "no_match"),
        ({"name": Decimal("5.00")}, {"name": Decimal("5.0000")}, [NAME], "matched"),
        ({"name": 0}, {"name": 0}, [NAME], "matched"),
        ({"name": False}, {"name": True}, [NAME], "no_match"),
    ],
)
def test_one_record_and_one_row(
    record: dict[str, Any], row: dict[str, Any], criteria: list[Criterion], reason: str
) -> None:
    assert matched({"r": record}, {"c": row}, *criteria)["r"].reason == reason


def test_several_equal_rows_are_ambiguous_and_all_named() -> None:
    verdict = matched({"r": {"name": "a"}}, {"c2": {"name": "A"}, "c1": {"name": "a"}}, NAME)["r"]

    assert (outcome(verdict), verdict.candidates) == (("ambiguous_match", None), ["c1", "c2"])


def test_one_of_several_rows_being_coupled_leaves_it_ambiguous() -> None:
    verdict = matched({"r": {"name": "a"}}, {"c1": {"name": "a"}, "c2": {"name": "a"}}, NAME, c1="other")["r"]

    assert outcome(verdict) == ("ambiguous_match", None)


def test_the_only_row_being_coupled_names_who_has_it() -> None:
    verdict = matched({"r": {"name": "a"}}, {"c": {"name": "a"}}, NAME, c="other")["r"]

    assert (outcome(verdict), verdict.holder) == (("already_coupled", None), "other")


def test_a_row_that_two_records_equal_goes_to_the_first() -> None:
    verdicts = matched({"r1": {"name": "a"}, "r2": {"name": "a"}}, {"c": {"name": "a"}}, NAME)

    assert outcome(verdicts["r1"]) == ("matched", "c")
    assert (outcome(verdicts["r2"]), verdicts["r2"].holder) == (("already_coupled", None), "r1")


def test_the_lower_number_is_tried_first_and_a_later_group_may_still_decide() -> None:
    records = {"r1": {"name": "a", "mail": "x"}, "r2": {"name": "b", "mail": "y"}}
    rows = {"c1": {"name": "a", "mail": "y"}, "c2": {"name": "z", "mail": "x"}, "c3": {"name": "B", "mail": ""},
            "c4": {"name": "b", "mail": ""}}  # fmt: skip

    verdicts = matched(records, rows, NAME, MAIL_SECOND)

    assert (outcome(verdicts["r1"]), verdicts["r1"].priority) == (("matched", "c1"), 0)
    assert outcome(verdicts["r2"]) == ("ambiguous_match", None), "its e-mail is that of a row that is given away"


def test_without_criteria_nothing_matches() -> None:
    assert matched({"r": {"name": "a"}}, {"c": {"name": "a"}})["r"] == Verdict()


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, None),
        ("", None),
        (True, "true"),
        (Decimal("0.0000"), "0"),
        (Decimal("12.50"), "12.5"),
        (dt.date(2026, 2, 28), "2026-02-28"),
        (dt.datetime(2026, 2, 28, 13, 0, tzinfo=dt.timezone(dt.timedelta(hours=1))), "2026-02-28T12:00:00.000000"),
    ],
)
def test_values_as_they_are_compared(value: Any, text: str | None) -> None:
    assert as_text(value) == text
