"""Pure rules of single values."""

from __future__ import annotations

import pytest

from erp.rules import values
from erp.rules.names import join_name, split_name
from erp.rules.no_series import Line, draw, increment
from records.errors import FieldError


@pytest.mark.parametrize(
    ("text", "bad"),
    [
        ("", None),
        ("ann@example.com", None),
        ("ann@example.com; bo@sub.example.co.uk", None),
        ("ann.o'hara+crm@exämple.se", None),
        ("ann", "ann"),
        ("ann@example", "ann@example"),
        ("ann@example.com;", ""),
        ("ann@example.com; bo example.com", "bo example.com"),
        ("ann@example..com", "ann@example..com"),
        ("ann@-example.com", "ann@-example.com"),
    ],
)
def test_f3_several_addresses_each_valid(text, bad):
    assert values.bad_address(text) == bad


@pytest.mark.parametrize(
    ("text", "letters"), [("+46 (0)8-12 34", False), ("030-0074321", False), ("12x", True), ("çö", True)]
)
def test_f2_letters_in_a_phone_number_are_found(text, letters):
    assert values.has_letter(text) is letters


@pytest.mark.parametrize(
    ("text", "right"),
    [
        ("4006381333931", True),
        ("4006381333932", False),
        ("400638133393", False),
        ("400638133393X", False),
        ("٤٠٠٦٣٨١٣٣٣٩٣١", False),
    ],
)
def test_f12_gln_has_13_digits_and_a_right_check_digit(text, right):
    assert values.is_gln(text) is right


@pytest.mark.parametrize(
    ("text", "right"),
    [
        ("DE89370400440532013000", True),
        ("GB29 NWBK 6016 1331 9268 19", True),
        ("DE89370400440532013001", False),
        ("XX", False),
    ],
)
def test_iban_check_digits(text, right):
    assert values.is_iban(text) is right


@pytest.mark.parametrize(
    ("old_name", "old_search", "new_name", "expected"),
    [
        ("", "", "Café Ö", "CAFÉ Ö"),
        ("Adatum", "ADATUM", "Beta", "BETA"),
        ("Adatum", "MINE", "Beta", None),
        ("Adatum", "", "Beta", "BETA"),
        ("x" * 100, "X" * 100, "y", "Y"),
    ],
)
def test_f1_search_name_follows_until_a_user_chose_one(old_name, old_search, new_name, expected):
    assert values.following_search_name(old_name, old_search, new_name) == expected


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("", ("", "", "")),
        ("Cher", ("Cher", "", "")),
        ("Maria Anders", ("Maria", "", "Anders")),
        ("Ana Maria Trujillo", ("Ana", "Maria", "Trujillo")),
        ("Jan  van der Berg", ("Jan van", "der", "Berg")),
        ("a" * 40, ("a" * 30, "", "")),
    ],
)
def test_f13_a_name_is_split_at_blanks(name, parts):
    assert tuple(split_name(name).values()) == parts


def test_f13_parts_are_joined_by_one_blank_and_cut_at_92():
    assert join_name("Ana", "", "Trujillo") == "Ana Trujillo"
    assert len(join_name("a" * 30, "b" * 30, "c" * 30)) == 92
    assert len(join_name("a" * 40, "b" * 40, "c" * 40)) == 92


@pytest.mark.parametrize("text", ["2:2", "2", "0:5", "2:18"])
def test_decimal_places_are_minimum_and_maximum(text):
    values.decimal_places(text)


@pytest.mark.parametrize("text", ["3:2", "a", "2:19", "2:", ":2", "2:2:2"])
def test_other_decimal_places_are_refused(text):
    with pytest.raises(FieldError):
        values.decimal_places(text)


@pytest.mark.parametrize("text", ["example.com", "https://example.com/a?b=1", "http://örebro.se", "www.x.it:8080/a"])
def test_web_addresses(text):
    values.web_address(text)


@pytest.mark.parametrize("text", ["javascript:alert(1)", "my page", "//"])
def test_what_is_no_web_address(text):
    with pytest.raises(FieldError):
        values.web_address(text)


@pytest.mark.parametrize(
    ("no", "step", "expected"),
    [
        ("C00010", 10, "C00020"),
        ("SP NO. 00001", 1, "SP NO. 00002"),
        ("A9", 1, "A10"),
        ("2026-0099-X", 1, "2026-0100-X"),
    ],
)
def test_the_last_run_of_digits_counts_and_keeps_its_width(no, step, expected):
    assert increment(no, step) == expected


def test_a_number_without_digits_cannot_be_counted_up():
    with pytest.raises(ValueError, match="ABC"):
        increment("ABC")


def test_the_first_number_of_a_line_is_its_starting_number():
    numbers, after = draw(Line("C00010", "C00050", step=10), 3)

    assert numbers == ["C00010", "C00020", "C00030"]
    assert after.last_no_used == "C00030"
    assert after.has_room


def test_a_line_ends_with_its_ending_number():
    numbers, after = draw(Line("C10", "C30", step=10, last_no_used="C20"), 5)

    assert numbers == ["C30"]
    assert not after.has_room


def test_a_step_that_misses_the_ending_number_does_not_pass_it():
    assert draw(Line("A1", "A5", step=3), 9)[0] == ["A1", "A4"]


@pytest.mark.parametrize(("last", "near"), [("A4", False), ("A5", True), ("A6", True)])
def test_the_warning_number_is_noticed(last, near):
    assert Line("A1", "A9", "A5", 1, last).is_near_end is near
