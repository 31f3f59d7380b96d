"""How cultures write numbers and dates, from the Unicode data that Babel brings: `da-DK`, `en-US`, `de`."""

from __future__ import annotations

from functools import lru_cache

from babel import Locale, UnknownLocaleError

from coupling.transforms.rules import TransformError


@lru_cache(maxsize=64)
def locale(culture: str) -> Locale:
    """The culture of a name. Raises TransformError `unknown_culture`."""
    try:
        return Locale.parse(culture.strip().replace("-", "_"))
    except (UnknownLocaleError, ValueError, TypeError):
        raise TransformError("unknown_culture", culture=culture) from None


def number_marks(culture: str) -> tuple[str, str]:
    """Decimal mark and grouping mark."""
    symbols = locale(culture).number_symbols
    symbols = symbols.get("latn", symbols)
    return str(symbols["decimal"]), str(symbols["group"])


@lru_cache(maxsize=64)
def date_order(culture: str) -> str:
    """The order in which a short date names day, month and year: `dmy`, `mdy` or `ymd`."""
    pattern = str(locale(culture).date_formats["short"].pattern).lower()
    places = {letter: pattern.find(letter) for letter in "dmy"}
    return "".join(sorted((letter for letter in places if places[letter] >= 0), key=places.__getitem__))


@lru_cache(maxsize=64)
def month_names(culture: str) -> dict[str, int]:
    """Month numbers by their long and short names, in small letters and without a closing point."""
    found: dict[str, int] = {}
    months = locale(culture or "en").months
    for place in ("format", "stand-alone"):
        for width in ("wide", "abbreviated"):
            for number, name in months[place][width].items():
                found[str(name).casefold().rstrip(".")] = number
    return found
