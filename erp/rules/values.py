"""Rules of single values: addresses, phone numbers, check digits, names that follow other names."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from records.batch import Batch, Row
from records.errors import FieldError

FieldRule = Callable[[Batch, list[Row]], None]

_ADDRESS = re.compile(r"[^@\s;,<>()\[\]\"\\]+@[^\W_](?:[\w-]*[^\W_])?(?:\.[^\W_](?:[\w-]*[^\W_])?)+")
_URL = re.compile(r"(?:(?:https?|ftp)://)?[^\s:/?#]+(?::\d{1,5})?(?:[/?#]\S*)?", re.IGNORECASE)
_DECIMAL_PLACES = re.compile(r"(?:(\d{1,2}):)?(\d{1,2})")
_REGISTRATION_NUMBER = 20


def is_address(text: str) -> bool:
    """True for one e-mail address."""
    return _ADDRESS.fullmatch(text) is not None


def bad_address(text: str) -> str | None:
    """The first part of a `;` list that is no e-mail address; None when all are, or the text is blank."""
    parts = [part.strip() for part in text.split(";")]
    if not text.strip():
        return None
    return next((part for part in parts if not is_address(part)), None)


def has_letter(text: str) -> bool:
    """True where a phone number contains a letter."""
    return any(character.isalpha() for character in text)


def is_gln(text: str) -> bool:
    """True for 13 digits with a right check digit (weights 1 and 3 from the left)."""
    if not (len(text) == 13 and text.isascii() and text.isdigit()):
        return False
    total = sum(int(digit) * (3 if position % 2 else 1) for position, digit in enumerate(text))
    return total % 10 == 0


def is_iban(text: str) -> bool:
    """True when the check digits of an account number are right (ISO 13616, modulo 97)."""
    plain = "".join(text.split())
    if not re.fullmatch(r"[A-Z]{2}\d{2}[A-Z0-9]{10,30}", plain):
        return False
    return int("".join(str(int(c, 36)) for c in plain[4:] + plain[:4])) % 97 == 1


def following_search_name(old_name: str, old_search_name: str, new_name: str) -> str | None:
    """F1: the search name that goes with a new name; None when a user chose one of their own."""
    if old_search_name and old_search_name != old_name.strip().upper()[:100]:
        return None
    return new_name.strip().upper()[:100]


# Declared checks of fields -----------------------------------------------------------------------------------------


def web_address(value: str) -> None:
    """Refuse what is no web address."""
    if not _URL.fullmatch(value):
        raise FieldError("", "invalid_url", {"value": value[:50]})


def iban(value: str) -> None:
    """Refuse an account number with wrong check digits."""
    if not is_iban(value):
        raise FieldError("", "invalid_iban", {"value": value[:50]})


def decimal_places(value: str) -> None:
    """Refuse anything but `min:max` (or one number) with min not above max, at most 18."""
    match = _DECIMAL_PLACES.fullmatch(value)
    if not match or not int(match.group(1) or match.group(2)) <= int(match.group(2)) <= 18:
        raise FieldError("", "invalid_decimal_places", {"value": value})


def registration_number(value: str) -> None:
    """Refuse more than 20 characters, although the field is longer."""
    if len(value) > _REGISTRATION_NUMBER:
        raise FieldError("", "registration_number_too_long", {"max": _REGISTRATION_NUMBER})


def two_letters(value: str) -> None:
    """Refuse anything but two letters A-Z."""
    _letters(value, 2)


def three_letters(value: str) -> None:
    """Refuse anything but three letters A-Z."""
    _letters(value, 3)


def three_digits(value: str) -> None:
    """Refuse anything but three digits."""
    if not re.fullmatch(r"[0-9]{3}", value):
        raise FieldError("", "digits_expected", {"count": 3})


def _letters(value: str, count: int) -> None:
    if not re.fullmatch(rf"[A-Z]{{{count}}}", value):
        raise FieldError("", "letters_expected", {"count": count})


# Field rules ---------------------------------------------------------------------------------------------------------


def follow_search_name(_batch: Batch, rows: list[Row]) -> None:
    """F1: search_name follows name while nobody chose another one."""
    for row in rows:
        found = following_search_name(row.old_value("name", ""), _search_name(row), row.get("name"))
        if found is not None:
            row.set("search_name", found)


def _search_name(row: Row) -> str:
    return str(row.old_value("search_name", row.get("search_name", "")))


def check_phone(name: str) -> FieldRule:
    """F2 for one field: no letter in a phone number."""

    def check(_batch: Batch, rows: list[Row]) -> None:
        for row in rows:
            if has_letter(row.get(name)):
                row.reject(name, "contains_letters")

    return check


def check_addresses(name: str) -> FieldRule:
    """F3 for one field: one or several addresses separated by `;`."""

    def check(_batch: Batch, rows: list[Row]) -> None:
        for row in rows:
            bad = bad_address(row.get(name))
            if bad is not None:
                row.reject(name, "invalid_email", value=bad[:80])

    return check


def check_address(name: str) -> FieldRule:
    """F3 for one field: a single address."""

    def check(_batch: Batch, rows: list[Row]) -> None:
        for row in rows:
            text = row.get(name)
            if text and not is_address(text.strip()):
                row.reject(name, "invalid_email", value=text[:80])

    return check


def follow_search_e_mail(batch: Batch) -> None:
    """F3: search_e_mail is the e-mail in capitals."""
    if batch.kind == "delete":
        return
    for row in batch.changed("e_mail"):
        row.force("search_e_mail", str(row.get("e_mail", "")).strip().upper())


def check_gln(_batch: Batch, rows: list[Row]) -> None:
    """F12: blank, or 13 digits with a right check digit."""
    for row in rows:
        value: Any = row.get("gln")
        if value and not is_gln(value):
            row.reject("gln", "invalid_gln", value=value)


def upper_vat_registration_no(_batch: Batch, rows: list[Row]) -> None:
    """F7: in capitals; no country ships a list of formats to check against."""
    for row in rows:
        row.force("vat_registration_no", str(row.get("vat_registration_no")).upper())
