"""Transformation rules as case tables: every type, what comes out, what is refused, what is stable."""

from __future__ import annotations

import time

import pytest

from coupling.transforms.chains import Site, compile_chain
from coupling.transforms.rules import LONGEST, Rule, TransformError, chain_of
from coupling.transforms.stability import unstable

COUNTRIES = {"DK": "Denmark", "SE": "Sweden", "XX": ""}
SITE = Site(custom={"reverse": lambda v: v[::-1], "crash": lambda v: 1 / 0, "number": lambda v: 1},  # type: ignore[dict-item, return-value]
            finder=lambda _t, _s, _f, values: {v: COUNTRIES[v] for v in values if v in COUNTRIES})  # fmt: skip
LOOKUP = {"table": "erp.CountryRegion", "source_field": "code", "target_field": "name"}


def made(type_: str, value: str, **parameters: object) -> str:
    return compile_chain({"R": Rule("R", type_, parameters)}, "R", SITE).one(value)


CASES = [
    # the examples of the specification
    ("uppercase", {}, "Adatum", "ADATUM"),
    ("lowercase", {}, "Adatum", "adatum"),
    ("title_case", {}, "trey research", "Trey Research"),
    ("trim", {}, "  A1 ", "A1"),
    ("substring", {"start_position": 4, "length": 3}, "ABCDEFG", "DEF"),
    ("replace", {"find": "U.S.", "replace": "US"}, "U.S.", "US"),
    ("regex_replace", {"pattern": r"\s+", "replace": " "}, "a  b\t c", "a b c"),
    ("remove_non_alphanumeric", {}, "+45 12-34", "451234"),
    ("date_formatting", {"format": "dd-MM-yyyy"}, "31-12-2026", "2026-12-31"),
    ("decimal_formatting", {"culture": "da-DK"}, "1.234,50", "1234.5"),
    ("regex_match", {"pattern": "[0-9]+"}, "SO-104", "104"),
    ("field_lookup", LOOKUP, "DK", "Denmark"),
    ("round", {"precision": "0.05", "direction": "nearest"}, "1.23", "1.25"),
    ("extract_from_date", {"part": "month"}, "2026-11-20", "11"),
    ("unix_timestamp", {}, "0", "1970-01-01T00:00Z"),
    ("custom", {"code": "reverse"}, "abc", "cba"),
    ("date_and_time_formatting", {"format": "yyyyMMddHHmmss"}, "20261231140507", "2026-12-31T14:05:07Z"),
    # letters
    ("uppercase", {}, "straße", "STRASSE"),
    ("title_case", {}, "jean-paul o'neill McDonald", "Jean-Paul O'neill McDonald"),
    ("title_case", {}, "élan 2nd", "Élan 2nd"),
    ("trim", {}, "\u00a0 A \n", "A"),
    ("remove_non_alphanumeric", {}, "Åre & Søn, №5", "ÅreSøn5"),
    # parts
    ("substring", {"start_position": 3}, "ABCDE", "CDE"),
    ("substring", {"length": 2}, "ABCDE", "AB"),
    ("substring", {"start_position": 9, "length": 2}, "ABC", ""),
    ("substring", {"starting_text": "(", "ending_text": ")"}, "a (b c) d", "b c"),
    ("substring", {"starting_text": "' - '"}, "SO - 104", "104"),
    ("substring", {"ending_text": ","}, "Berg, Ann", "Berg"),
    ("substring", {"ending_text": ","}, "Ann", ""),
    ("substring", {"starting_text": "#"}, "Ann", ""),
    ("substring", {"starting_text": "#", "length": 2}, "no #1234", "12"),
    ("replace", {"find": ".", "replace": ""}, "U.S.", "US"),
    ("replace", {"find": "a"}, "banana", "bnn"),
    # regular expressions
    ("regex_replace", {"pattern": r"(\w+) (\w+)", "replace": "$2, $1"}, "Ann Berg", "Berg, Ann"),
    ("regex_replace", {"pattern": r"(?P<year>\d{4})", "replace": "<${year}>"}, "in 2026", "in <2026>"),
    ("regex_replace", {"pattern": "[0-9]", "replace": "$$$&"}, "a1", "a$1"),
    ("regex_replace", {"pattern": "$", "replace": "x"}, "a", "ax"),
    ("regex_replace", {"pattern": "(a)|b", "replace": "[$1]"}, "ab", "[a][]"),
    ("regex_replace", {"pattern": r"\pL", "replace": "_"}, "å1", "_1"),
    ("regex_replace", {"pattern": "(?i)limited", "replace": "Ltd"}, "Contoso LIMITED", "Contoso Ltd"),
    ("regex_match", {"pattern": "SO-([0-9]+)"}, "SO-104, SO-7", "1047"),
    ("regex_match", {"pattern": "[0-9]+"}, "none", ""),
    # dates
    ("date_formatting", {"format": "yyyyMMdd"}, "20260503", "2026-05-03"),
    ("date_formatting", {"format": "d.M.yy"}, "3.5.26", "2026-05-03"),
    ("date_formatting", {"format": "d.M.yy"}, "3.5.85", "1985-05-03"),
    ("date_formatting", {"format": "d MMM yyyy"}, "3 May 2026", "2026-05-03"),
    ("date_formatting", {"format": "d. MMMM yyyy", "culture": "da-DK"}, "3. maj 2026", "2026-05-03"),
    ("date_formatting", {"culture": "en-US"}, "5/3/2026", "2026-05-03"),
    ("date_formatting", {"culture": "da-DK"}, "03-05-2026", "2026-05-03"),
    ("date_formatting", {"culture": "de-DE"}, "3. Mai 2026", "2026-05-03"),
    ("date_formatting", {"culture": "sv-SE"}, "2026-05-03", "2026-05-03"),
    ("date_formatting", {}, "2026-05-03T23:30:00+02:00", "2026-05-03"),
    ("date_formatting", {}, "2026-05-04T00:30:00+02:00", "2026-05-03"),
    ("date_formatting", {"format": "dd-MM-yyyy"}, "2026-05-03", "2026-05-03"),
    ("date_formatting", {"format": "'on' dd/MM/yyyy"}, "on 03/05/2026", "2026-05-03"),
    ("date_and_time_formatting", {"culture": "en-US"}, "5/3/2026 2:05:07 PM", "2026-05-03T14:05:07Z"),
    ("date_and_time_formatting", {"format": "dd.MM.yyyy h:mm tt"}, "03.05.2026 12:05 AM", "2026-05-03T00:05Z"),
    ("extract_from_date", {"part": "week"}, "2027-01-01", "53"),
    ("extract_from_date", {"part": "quarter"}, "2026-11-20", "4"),
    ("extract_from_date", {"part": "weekday"}, "2026-11-22", "7"),
    ("extract_from_date", {"part": "hour"}, "2026-11-22T14:05Z", "14"),
    ("unix_timestamp", {}, "1767139200", "2025-12-31T00:00Z"),
    ("unix_timestamp", {}, "-1", "1969-12-31T23:59:59Z"),
    # numbers
    ("decimal_formatting", {"culture": "en-US"}, "1,234,567.80", "1234567.8"),
    ("decimal_formatting", {"culture": "de-CH"}, "1'234.50", "1234.5"),
    ("decimal_formatting", {"culture": "sv-SE"}, "\u22121 234,5", "-1234.5"),
    ("decimal_formatting", {"format": "0.00"}, "1234.565", "1234.57"),
    ("decimal_formatting", {"format": "0.##"}, "12.500", "12.5"),
    ("decimal_formatting", {"format": "N1"}, "-1234.56", "-1,234.6"),
    ("decimal_formatting", {"format": "F0"}, "-0.4", "0"),
    ("decimal_formatting", {}, "0012.3400", "12.34"),
    ("round", {"precision": "1", "direction": "up"}, "-1.2", "-2"),
    ("round", {"precision": "1", "direction": "down"}, "-1.8", "-1"),
    ("round", {"precision": "100"}, "250", "300"),
    ("round", {"precision": "0.01"}, "2.005", "2.01"),
    # looking up
    ("field_lookup", LOOKUP, "NO", ""),
    ("field_lookup", {**LOOKUP, "rule": "original_if_blank"}, "NO", "NO"),
    ("field_lookup", {**LOOKUP, "rule": "original_if_blank"}, "XX", "XX"),
]  # fmt: skip


@pytest.mark.parametrize(("type_", "parameters", "given", "expected"), CASES)
def test_a_rule_makes_this_of_that(type_: str, parameters: dict[str, object], given: str, expected: str) -> None:
    assert made(type_, given, **parameters) == expected


FAILURES = [
    ("round", {"precision": "1"}, "ten", "@:not_a_number"),
    ("round", {"precision": "1"}, "1e999999", "@:not_a_number"),
    ("round", {"precision": "1"}, "NaN", "@:not_a_number"),
    ("decimal_formatting", {"culture": "da-DK"}, "1.23,5", "@:not_a_number"),
    ("decimal_formatting", {"culture": "da-DK"}, "1,2,3", "@:not_a_number"),
    ("date_formatting", {"format": "dd-MM-yyyy"}, "31-02-2026", "@:not_a_date"),
    ("date_formatting", {"format": "dd-MM-yyyy"}, "31-12-2026x", "@:not_a_date"),
    ("date_formatting", {"culture": "en-US"}, "31/12/2026", "@:not_a_date"),
    ("date_formatting", {}, "20261231", "@:not_a_date"),
    ("date_and_time_formatting", {"culture": "en-US"}, "5/3/2026 25:00", "@:not_a_date"),
    ("extract_from_date", {"part": "day"}, "soon", "@:not_a_date"),
    ("unix_timestamp", {}, "99999999999999", "@:not_a_date"),
    ("custom", {"code": "crash"}, "a", "division by zero"),
    ("custom", {"code": "number"}, "a", "@:transform_no_text"),
    ("uppercase", {}, "a" * (LONGEST + 1), "@:transform_too_long"),
    ("replace", {"find": "a", "replace": "b" * 250}, "a" * 1000, "@:transform_too_long"),
]


@pytest.mark.parametrize(("type_", "parameters", "given", "why"), FAILURES)
def test_a_value_that_fails_names_rule_and_value(
    type_: str, parameters: dict[str, object], given: str, why: str
) -> None:
    with pytest.raises(TransformError) as caught:
        made(type_, given, **parameters)

    assert caught.value.code == "transformation_failed"
    assert caught.value.params["rule"] == "R"
    assert caught.value.params["value"] == given[:100]
    assert caught.value.params["error"] == why


WRONG = [
    ("regex_match", {"pattern": "("}, "invalid_pattern"),
    ("regex_match", {"pattern": "(?=a)"}, "invalid_pattern"),
    ("regex_match", {"pattern": "(a{1000}){1000}"}, "invalid_pattern"),
    ("regex_match", {"pattern": r"(a)\1"}, "invalid_pattern"),
    ("regex_replace", {"pattern": "(a)", "replace": "$2"}, "invalid_group"),
    ("regex_replace", {"pattern": "(a)", "replace": "${b}"}, "invalid_group"),
    ("regex_match", {}, "incomplete_transformation"),
    ("replace", {"replace": "x"}, "incomplete_transformation"),
    ("custom", {"code": "none"}, "unknown_custom_transformation"),
    ("date_formatting", {"format": "dd-MM"}, "invalid_format"),
    ("date_formatting", {"format": "ddddd-MM-yyyy"}, "invalid_format"),
    ("date_formatting", {"format": "'dd-MM-yyyy"}, "invalid_format"),
    ("date_formatting", {"culture": "xx-YY"}, "unknown_culture"),
    ("decimal_formatting", {"culture": "../x"}, "unknown_culture"),
    ("decimal_formatting", {"format": "0.#0"}, "invalid_format"),
    ("round", {"precision": "-1"}, "invalid_precision"),
    ("round", {"precision": "1", "direction": "sideways"}, "invalid_rounding"),
    ("extract_from_date", {"part": "century"}, "invalid_part"),
    ("rot13", {}, "unknown_transformation_type"),
]


@pytest.mark.parametrize(("type_", "parameters", "code"), WRONG)
def test_wrong_parameters_are_refused_before_any_value(type_: str, parameters: dict[str, object], code: str) -> None:
    with pytest.raises(TransformError) as caught:
        compile_chain({"R": Rule("R", type_, parameters)}, "R", SITE)

    assert caught.value.code == code


def test_rules_of_a_chain_follow_each_other() -> None:
    rules = {
        "A": Rule("A", "trim", next_rule="B"),
        "B": Rule("B", "regex_match", {"pattern": "[0-9.]+"}, next_rule="C"),
        "C": Rule("C", "round", {"precision": "1"}),
    }

    assert compile_chain(rules, "A", SITE).run(["  SO-1.5 ", "2"]) == ["2", "2"]


def test_a_failure_names_the_rule_of_the_chain_that_failed_and_leaves_the_other_values_alone() -> None:
    rules = {"A": Rule("A", "trim", next_rule="B"), "B": Rule("B", "round", {"precision": "1"})}

    good, bad = compile_chain(rules, "A", SITE).run([" 1.7", " x "])

    assert good == "2"
    assert (bad.params["rule"], bad.params["value"]) == ("B", "x")


@pytest.mark.parametrize(
    ("follower", "code"), [("A", "rule_cycle"), ("B", "rule_cycle"), ("Z", "unknown_transformation")]
)
def test_a_chain_that_never_ends_or_leads_nowhere_is_refused(follower: str, code: str) -> None:
    rules = {"A": Rule("A", "trim", next_rule="B"), "B": Rule("B", "trim", next_rule=follower)}

    with pytest.raises(TransformError) as caught:
        chain_of(rules, "A")

    assert caught.value.code == code


EVIL = ["(a+)+$", "(a|aa)+$", "(a|a?)+$", "(.*a){20}$", "^(([a-z])+.)+[A-Z]([a-z])+$", r"(\s*a\s*)*b", "(x+x+)+y"]


@pytest.mark.parametrize("pattern", EVIL)
@pytest.mark.parametrize("type_", ["regex_match", "regex_replace"])
def test_no_pattern_takes_long(pattern: str, type_: str) -> None:
    chain = compile_chain({"R": Rule("R", type_, {"pattern": pattern, "replace": "x"})}, "R")
    started = time.perf_counter()

    chain.run(["a" * 60_000 + "!", "x" * 60_000])

    assert time.perf_counter() - started < 2


STABLE = [
    ("uppercase", {}), ("lowercase", {}), ("title_case", {}), ("trim", {}), ("remove_non_alphanumeric", {}),
    ("substring", {"length": 3}), ("substring", {"start_position": 1}), ("replace", {"find": ".", "replace": ""}),
    ("replace", {"find": "Limited", "replace": "Ltd"}), ("regex_replace", {"pattern": r"\s+", "replace": " "}),
    ("regex_match", {"pattern": "[0-9]+"}), ("date_formatting", {"format": "dd-MM-yyyy"}),
    ("date_and_time_formatting", {"culture": "en-US"}), ("round", {"precision": "0.05"}),
    ("decimal_formatting", {"format": "0.00"}), ("field_lookup", {**LOOKUP, "rule": "original_if_blank"}),
]  # fmt: skip
UNSTABLE = [
    ("substring", {"start_position": 4, "length": 3}), ("substring", {"starting_text": "(", "ending_text": ")"}),
    ("replace", {"find": "a", "replace": "aa"}), ("replace", {"find": "ab", "replace": ""}),
    ("replace", {"find": "aba", "replace": "ab"}), ("regex_replace", {"pattern": "$", "replace": "x"}),
    ("regex_match", {"pattern": "SO-([0-9]+)"}), ("date_formatting", {"format": "yyyy-dd-MM"}),
    ("decimal_formatting", {"culture": "da-DK"}), ("decimal_formatting", {"format": "#,##0.00"}),
    ("extract_from_date", {"part": "day"}), ("unix_timestamp", {}), ("custom", {"code": "reverse"}),
    ("field_lookup", LOOKUP),
]  # fmt: skip


@pytest.mark.parametrize(("type_", "parameters"), STABLE)
def test_a_rule_that_leaves_its_own_result_alone_is_stable(type_: str, parameters: dict[str, object]) -> None:
    assert unstable(compile_chain({"R": Rule("R", type_, parameters)}, "R", SITE), samples=["DK"]) is None


@pytest.mark.parametrize(("type_", "parameters"), UNSTABLE)
def test_a_rule_that_changes_its_own_result_is_not_stable(type_: str, parameters: dict[str, object]) -> None:
    assert unstable(compile_chain({"R": Rule("R", type_, parameters)}, "R", SITE), samples=["DK"]) is not None


def test_stable_rules_in_a_chain_may_be_unstable_together() -> None:
    rules = {
        "A": Rule("A", "replace", {"find": "b", "replace": "a"}, next_rule="B"),
        "B": Rule("B", "replace", {"find": "a", "replace": "b"}),
    }
    rules["C"] = Rule("C", "replace", {"find": "x", "replace": "y"}, next_rule="D")
    rules["D"] = Rule("D", "replace", {"find": "y", "replace": "xz"})

    assert unstable(compile_chain(rules, "A", SITE)) is None
    found = unstable(compile_chain(rules, "C", SITE))
    assert found is not None
    assert found.once != found.twice
