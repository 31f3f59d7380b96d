"""Rules on numbers. What comes out is written the same everywhere: a point, no blanks, no needless zeros."""

from __future__ import annotations

from collections.abc import Callable
from decimal import ROUND_DOWN, ROUND_HALF_UP, ROUND_UP, Decimal, InvalidOperation, localcontext

from coupling.transforms import cultures
from coupling.transforms.rules import TransformError

_DIGITS = frozenset("0123456789")
_MODES = {"nearest": ROUND_HALF_UP, "up": ROUND_UP, "down": ROUND_DOWN}
_MOST_DIGITS = 100


def plain(number: Decimal) -> str:
    """A number as text: `1234.5`."""
    text = format(number, "f")
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text in ("-0", "") else text


def read(text: str) -> Decimal:
    """The number that a text in the common form says. Raises TransformError `not_a_number`."""
    try:
        number = Decimal(text.strip())
    except InvalidOperation:
        raise TransformError("not_a_number") from None
    if not number.is_finite() or len(text) > _MOST_DIGITS or abs(number.adjusted()) > _MOST_DIGITS:
        raise TransformError("not_a_number")
    return number


def read_in(culture: str) -> Callable[[str], Decimal]:
    """Reads numbers as a culture writes them; in no culture, the common form. Raises TransformError `unknown_culture`."""
    if not culture:
        return read
    mark, group = cultures.number_marks(culture)
    groups = {group, "\u00a0", "\u202f", " ", "'"} - {mark}

    def convert(text: str) -> Decimal:
        body = text.strip()
        sign = body[:1] if body[:1] in ("-", "+", "\u2212") else ""
        whole, _mark, rest = body[len(sign) :].partition(mark)
        parts = _split(whole, groups)
        if len(parts) > 1 and not (1 <= len(parts[0]) <= 3 and all(len(p) in (2, 3) for p in parts[1:])):
            raise TransformError("not_a_number")
        if len(parts) > 1 and len(parts[-1]) != 3:
            raise TransformError("not_a_number")
        digits = "".join(parts)
        if not (digits or rest) or not set(digits + rest) <= _DIGITS:
            raise TransformError("not_a_number")
        return read(f"{'-' if sign in ('-', chr(0x2212)) else ''}{digits or '0'}.{rest or '0'}")

    return convert


def _split(whole: str, groups: set[str]) -> list[str]:
    for sign in groups:
        whole = whole.replace(sign, "\x1f")
    return whole.split("\x1f")


def decimal_formatting(form: str, culture: str) -> Callable[[str], str]:
    """Reads a number in its culture and writes it in the common form, rounded to the decimals of `form`.

    `form`: `0.00` (two decimals), `0.##` (at most two), `#,##0.00` (with grouping), `N2`, `F2`; blank keeps what is there.
    """
    convert = read_in(culture)
    shape = _shape(form)

    def write(value: str) -> str:
        number = convert(value)
        return plain(number) if shape is None else _written(number, *shape)

    return write


def _shape(form: str) -> tuple[int, int, bool] | None:
    """Least and most decimals, and whether thousands are grouped. Raises TransformError `invalid_format`."""
    form = form.strip()
    if not form:
        return None
    if form[0] in "NnFf" and (form[1:].isdecimal() or len(form) == 1):
        count = int(form[1:] or 2)
        if count <= 28:
            return count, count, form[0] in "Nn"
    whole, _point, rest = form.partition(".")
    if set(whole) <= set("#,0") and set(rest) <= set("0#") and "#0" not in rest and len(rest) <= 28:
        return rest.count("0"), len(rest), "," in whole
    raise TransformError("invalid_format", format=form)


def _written(number: Decimal, least: int, most: int, grouped: bool) -> str:
    with localcontext(prec=300):
        number = number.quantize(Decimal(1).scaleb(-most), ROUND_HALF_UP)
    text = format(number, ",f" if grouped else "f")
    whole, _point, rest = text.partition(".")
    while len(rest) > least and rest.endswith("0"):
        rest = rest[:-1]
    text = f"{whole}.{rest}" if rest else whole
    return text[1:] if text.startswith("-") and not text.strip("-0.,") else text


def rounding(precision: str, direction: str) -> Callable[[str], str]:
    """To a multiple of `precision`: half away from zero, up (away from zero) or down (towards it)."""
    try:
        step = read(precision)
    except TransformError:
        step = Decimal(0)
    if step <= 0:
        raise TransformError("invalid_precision", precision=precision)
    mode = _MODES.get(direction or "nearest")
    if mode is None:
        raise TransformError("invalid_rounding", direction=direction)

    def convert(value: str) -> str:
        with localcontext(prec=300):
            return plain((read(value) / step).quantize(Decimal(1), mode) * step)

    return convert
