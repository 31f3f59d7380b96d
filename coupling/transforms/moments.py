"""Rules on dates. What comes out is written the same everywhere: `2026-12-31`, `2026-12-31T14:05Z`."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from decimal import Decimal

from coupling.transforms import cultures, formats, numbers
from coupling.transforms.rules import TransformError

Reader = Callable[[str], dt.datetime]
_PARTS: dict[str, Callable[[dt.datetime], int]] = {
    "year": lambda m: m.year,
    "quarter": lambda m: (m.month + 2) // 3,
    "month": lambda m: m.month,
    "week": lambda m: m.isocalendar().week,
    "day": lambda m: m.day,
    "weekday": lambda m: m.isoweekday(),
    "hour": lambda m: m.hour,
    "minute": lambda m: m.minute,
    "second": lambda m: m.second,
}


def written(moment: dt.datetime) -> str:
    """A moment as text; seconds only where there are any."""
    precise = "auto" if moment.second or moment.microsecond else "minutes"
    return moment.replace(tzinfo=None).isoformat(timespec=precise) + "Z"


def common(text: str) -> dt.datetime | None:
    """The moment of a text in the common form (ISO 8601), in UTC; None for other texts."""
    text = text.strip()
    if len(text) < 10 or text[4:5] != "-" or text[7:8] != "-":
        return None
    try:
        moment = dt.datetime.fromisoformat(text)
        return moment.astimezone(dt.UTC) if moment.tzinfo else moment.replace(tzinfo=dt.UTC)
    except (ValueError, OverflowError):
        return None


def reader(form: str, culture: str) -> Reader:
    """Reads dates: exactly as `form` says, else as the culture writes its short dates, else only the common form.

    A text that another format does not read and that has the common form already is understood too. Raises
    TransformError `invalid_format`, `unknown_culture`.
    """
    if culture:
        cultures.locale(culture)
    own: Reader | None = formats.reader(form, culture) if form else _by_culture(culture) if culture else None

    def read(text: str) -> dt.datetime:
        try:
            if own is not None:
                return own(text)
        except TransformError:
            pass
        moment = common(text)
        if moment is None:
            raise TransformError("not_a_date")
        return moment

    return read


def _by_culture(culture: str) -> Reader:
    """Reads what people of a culture type: its order of day, month and year, any separators, names of months."""
    order, months = cultures.date_order(culture), cultures.month_names(culture)

    def read(text: str) -> dt.datetime:
        if common(text) is not None:
            raise TransformError("not_a_date")
        words = _words(text)
        found = _date(words[:3], order, months)
        found.update(_time(words[3:]))
        return formats.moment(found)

    return read


def _words(text: str) -> list[str]:
    """The runs of digits and of letters in a text."""
    words: list[str] = []
    before = ""
    for letter in text:
        kind = "9" if letter in "0123456789" else "a" if letter.isalpha() else ""
        if kind and kind == before:
            words[-1] += letter
        elif kind:
            words.append(letter)
        before = kind
    return words


def _date(words: list[str], order: str, months: dict[str, int]) -> dict[str, int]:
    if len(words) < 3:
        raise TransformError("not_a_date")
    if len(words[0]) == 4 and words[0].isdecimal():
        order = "ymd"
    elif any(word.casefold() in months for word in words):
        at = next(i for i, word in enumerate(words) if word.casefold() in months)
        order = {0: "mdy", 1: "dmy", 2: "ydm"}[at]
    names = {"d": "day", "m": "month", "y": "year"}
    found = {}
    for letter, word in zip(order, words, strict=True):
        if word.casefold() in months and letter == "m":
            found["month"] = months[word.casefold()]
        elif word.isdecimal() and len(word) <= 4:
            found[names[letter]] = formats.century(int(word)) if letter == "y" and len(word) <= 2 else int(word)
        else:
            raise TransformError("not_a_date")
    return found


def _time(words: list[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    names = ["hour", "minute", "second"]
    for word in words:
        if word.casefold() in ("am", "pm") and "hour" in found:
            found["half"], found["hour12"] = int(word.casefold() == "pm"), found["hour"]
        elif word.isdecimal() and len(word) <= 2 and names:
            found[names.pop(0)] = int(word)
        else:
            raise TransformError("not_a_date")
    return found


def date_formatting(form: str, culture: str) -> Callable[[str], str]:
    """Dates of any shape in the common form; the time of day is dropped."""
    read = reader(form, culture)
    return lambda value: read(value).date().isoformat()


def date_and_time_formatting(form: str, culture: str) -> Callable[[str], str]:
    """As `date_formatting`, with the time of day, taken as UTC."""
    read = reader(form, culture)
    return lambda value: written(read(value))


def extract_from_date(part: str) -> Callable[[str], str]:
    """One part of a date in the common form. Weeks are those of ISO 8601, weekdays count from Monday = 1."""
    take = _PARTS.get(part)
    if take is None:
        raise TransformError("invalid_part", part=part)

    def convert(value: str) -> str:
        moment = common(value)
        if moment is None:
            raise TransformError("not_a_date")
        return str(take(moment))

    return convert


_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)


def unix_timestamp(value: str) -> str:
    """Seconds since the beginning of 1970 as date and time."""
    try:
        return written(_EPOCH + dt.timedelta(microseconds=int(numbers.read(value) * Decimal(1_000_000))))
    except OverflowError:
        raise TransformError("not_a_date") from None
