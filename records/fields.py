"""Field types of both sides: what a stored value looks like, how it is normalised and when it is refused.

A field knows its declared constraints (type, length, options, required). `normalize` turns what a caller gives into
the stored value or raises `FieldError`; it knows nothing of codes of other tables (see `records.values`).
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterable, Mapping
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any
from uuid import UUID

from django.db import models

from records import option_names
from records.errors import FieldError

Check = Callable[[Any], None]
_FORBIDDEN = re.compile("[\x00\ud800-\udfff]")


class _Marks:
    """Attributes common to stored, polymorphic and calculated fields."""

    kind = ""
    blank_value: Any = None

    def _mark(
        self,
        *,
        required: bool | str = False,
        readonly: bool = False,
        insert_only: bool = False,
        internal: bool = False,
        checks: Iterable[Check] = (),
    ) -> None:
        self.required, self.readonly, self.insert_only = required, readonly, insert_only
        self.internal, self.checks = internal, tuple(checks)


def _split(options: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    marks: dict[str, Any] = {
        k: options.pop(k) for k in ("required", "readonly", "insert_only", "internal", "checks") if k in options
    }
    if "caption" in options:
        options["verbose_name"] = options.pop("caption")
    return marks, options


class _Stored(_Marks):
    """Mixin of Django fields: marks, and migrations that name only Django's own classes."""

    base: str
    is_nullable_by_default = False

    def __init__(self, *args: Any, **options: Any) -> None:
        marks, rest = _split(options)
        super().__init__(*args, **rest)
        self._mark(**marks)

    def deconstruct(self) -> tuple[str, str, list[Any], dict[str, Any]]:
        name, _path, args, kwargs = super().deconstruct()  # type: ignore[misc]
        for noise in ("verbose_name", "help_text", "choices", "validators"):
            kwargs.pop(noise, None)
        return name, f"django.db.models.{self.base}", args, kwargs

    def clone(self) -> Any:
        """A copy; where null is our default but not Django's, the arguments above do not say that it was refused."""
        _name, _path, args, kwargs = self.deconstruct()
        if self.is_nullable_by_default and not self.null and not self.primary_key:  # type: ignore[attr-defined]
            kwargs["null"] = False
        return type(self)(*args, **kwargs)

    def normalize(self, value: Any) -> Any:
        """The stored value; raises FieldError when a declared constraint refuses it."""
        if value is None or value == "":
            return self.blank_value
        value = self.convert(value)
        for check in self.checks:
            self._run(check, value)
        return value

    def _run(self, check: Check, value: Any) -> None:
        """Run a check; it need not know the name of its field."""
        try:
            check(value)
        except FieldError as error:
            raise self.refuse(error.code, **error.params) from None

    def convert(self, value: Any) -> Any:
        """The stored value of something that is not blank."""
        return value

    def refuse(self, code: str, **params: Any) -> FieldError:
        """An error at this field."""
        return FieldError(self.name, code, params)  # type: ignore[attr-defined]


class _Words(_Stored):
    """Text of limited or unlimited length."""

    def tidy(self, text: str) -> str:
        """The text as it is kept."""
        return text.rstrip(" ")

    def convert(self, value: Any) -> Any:
        """The stored value; see `_Stored.convert`."""
        text = value if isinstance(value, str) else str(value)
        if (not text.isascii() or "\x00" in text) and _FORBIDDEN.search(text):
            raise self.refuse("nul_character")
        text = self.tidy(text)
        limit = self.max_length  # type: ignore[attr-defined]
        if limit is not None and len(text) > limit:
            raise self.refuse("too_long", length=len(text), max=limit)
        return text if text else self.blank_value


class Text(_Words, models.CharField):
    """ERP text: trailing spaces removed, blank ''."""

    kind, base, blank_value = "text", "CharField", ""

    def __init__(self, max_length: int = 250, **options: Any) -> None:
        options = {"default": "", "blank": True, **options}
        options.pop("max_length", None)
        super().__init__(max_length=max_length, **options)


class Code(Text):
    """Upper-cased and trimmed on every write; blank ''."""

    kind = "code"

    def tidy(self, text: str) -> str:
        """The text as it is kept."""
        return text.strip().upper()


class NullText(_Words, models.CharField):
    """CRM text: kept as typed, blank NULL."""

    kind, base, blank_value = "text", "CharField", None
    is_nullable_by_default = True

    def __init__(self, max_length: int = 250, **options: Any) -> None:
        options = {"null": True, "blank": True, **options}
        options.pop("max_length", None)
        super().__init__(max_length=max_length, **options)

    def tidy(self, text: str) -> str:
        """The text as it is kept."""
        return text if text.strip() else ""


class Memo(_Words, models.TextField):
    """ERP text without limit."""

    kind, base, blank_value = "memo", "TextField", ""

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"default": "", "blank": True, **options})


class NullMemo(_Words, models.TextField):
    """CRM text without limit."""

    kind, base, blank_value = "memo", "TextField", None
    is_nullable_by_default = True

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"null": True, "blank": True, **options})

    def tidy(self, text: str) -> str:
        """The text as it is kept."""
        return text if text.strip() else ""


class DateFormula(_Words, models.CharField):
    """`[+-]n(D/W/M/Q/Y/WD)` or `C` prefix, terms joined by sign: `1M+8D`, `CM`."""

    kind, base, blank_value = "dateformula", "CharField", ""
    _grammar = re.compile(
        r"[+-]?(?:C(?:WD|[DWMQY])|\d{1,4}(?:WD|[DWMQY])|WD\d)(?:[+-](?:C(?:WD|[DWMQY])|\d{1,4}(?:WD|[DWMQY])))*"
    )

    def __init__(self, max_length: int = 32, **options: Any) -> None:
        options.pop("max_length", None)
        super().__init__(max_length=max_length, **{"default": "", "blank": True, **options})

    def tidy(self, text: str) -> str:
        """The text as it is kept."""
        text = "".join(text.upper().split())
        if text and not self._grammar.fullmatch(text):
            raise self.refuse("invalid_date_formula", value=text)
        return text


class Dec(_Stored, models.DecimalField):
    """numeric(p,s); `null=True` on the CRM side. Values are rounded half up to s decimals."""

    kind, base = "decimal", "DecimalField"

    def __init__(
        self,
        max_digits: int = 19,
        decimal_places: int = 4,
        *,
        minimum: Decimal | int | None = None,
        maximum: Decimal | int | None = None,
        **options: Any,
    ) -> None:
        if not options.get("null"):
            options.setdefault("default", Decimal(0))
        options.setdefault("blank", True)
        self.minimum, self.maximum = minimum, maximum
        super().__init__(max_digits=max_digits, decimal_places=decimal_places, **options)
        self.blank_value = None if self.null else Decimal(0)
        self._quantum = Decimal(1).scaleb(-decimal_places)
        self._bound = Decimal(10) ** (max_digits - decimal_places)

    def convert(self, value: Any) -> Decimal:
        """The stored value; see `_Stored.convert`."""
        try:
            number = value if isinstance(value, Decimal) else Decimal(str(value).strip())
        except InvalidOperation:
            raise self.refuse("invalid_number", value=str(value)[:50]) from None
        if not number.is_finite() or abs(number) >= self._bound:
            raise self.refuse("too_many_digits")
        number = number.quantize(self._quantum, ROUND_HALF_UP)
        _within(self, number)
        return number


class Int(_Stored, models.IntegerField):
    """Whole number; `null=True` on the CRM side."""

    kind, base = "int", "IntegerField"

    def __init__(self, *, minimum: int | None = None, maximum: int | None = None, **options: Any) -> None:
        if not options.get("null"):
            options.setdefault("default", 0)
        options.setdefault("blank", True)
        self.minimum, self.maximum = minimum, maximum
        super().__init__(**options)
        self.blank_value = None if self.null else 0

    def convert(self, value: Any) -> int:
        """The stored value; see `_Stored.convert`."""
        try:
            number = int(value) if not isinstance(value, str) else int(value.strip())
        except (ValueError, TypeError, OverflowError):
            raise self.refuse("invalid_number", value=str(value)[:50]) from None
        if isinstance(value, bool) or (isinstance(value, float | Decimal) and value != number):
            raise self.refuse("invalid_number", value=str(value)[:50])
        if not -(2**31) <= number < 2**31:
            raise self.refuse("too_many_digits")
        _within(self, number)
        return number


def _within(field: Any, number: Any) -> None:
    low, high = field.minimum, field.maximum
    if (low is not None and number < low) or (high is not None and number > high):
        raise field.refuse(
            "out_of_range", min=str(low if low is not None else ""), max=str(high if high is not None else "")
        )


class Bool(_Stored, models.BooleanField):
    """True or false, never null."""

    kind, base, blank_value = "bool", "BooleanField", False
    _words = {"true": True, "yes": True, "1": True, "on": True, "false": False, "no": False, "0": False, "off": False}

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"default": False, **options})

    def convert(self, value: Any) -> bool:
        """The stored value; see `_Stored.convert`."""
        if isinstance(value, bool):
            return value
        word = self._words.get(str(value).strip().lower())
        if word is None:
            raise self.refuse("invalid_option", value=str(value)[:50])
        return word


class Date(_Stored, models.DateField):
    """A day; blank NULL."""

    kind, base = "date", "DateField"
    is_nullable_by_default = True

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"null": True, "blank": True, **options})

    def convert(self, value: Any) -> dt.date:
        """The stored value; see `_Stored.convert`."""
        if isinstance(value, dt.datetime):
            return value.date()
        if isinstance(value, dt.date):
            return value
        try:
            return dt.date.fromisoformat(str(value).strip())
        except ValueError:
            raise self.refuse("invalid_date", value=str(value)[:50]) from None


class DateTime(_Stored, models.DateTimeField):
    """A moment in UTC; blank NULL."""

    kind, base = "datetime", "DateTimeField"
    is_nullable_by_default = True

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"null": True, "blank": True, **options})

    def convert(self, value: Any) -> dt.datetime:
        """The stored value; see `_Stored.convert`."""
        try:
            moment = value if isinstance(value, dt.datetime) else dt.datetime.fromisoformat(str(value).strip())
        except ValueError:
            raise self.refuse("invalid_date", value=str(value)[:50]) from None
        return moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC)


class Option(_Stored, models.IntegerField):
    """A small integer with member names and captions: `{value: (member, caption)}`; a lone text is both.

    `extensible=True`: values come from a table (`crm.OptionValue`) and are checked there, not against the list;
    `labels` reads them: field name -> {value: label}.
    """

    kind, base = "option", "IntegerField"

    def __init__(
        self,
        options_: Mapping[int, Any] | None = None,
        *,
        extensible: bool = False,
        labels: Callable[[str], Mapping[int, str]] | None = None,
        **options: Any,
    ) -> None:
        if not options.get("null"):
            options.setdefault("default", 0)
        options.setdefault("blank", True)
        super().__init__(**options)
        self.options = {v: (o if isinstance(o, tuple) else (str(o), o)) for v, o in (options_ or {}).items()}
        self.extensible, self.labels = extensible, labels
        self.blank_value = None if self.null else 0

    def convert(self, value: Any) -> int:
        """The stored value; see `_Stored.convert`."""
        try:
            number = int(value)
        except (ValueError, TypeError):
            number = self.by_name(str(value))
        if not self.extensible and number not in self.options:
            raise self.refuse("invalid_option", value=str(value)[:50])
        return number

    def by_name(self, text: str) -> int:
        """The value of a member name or caption, case ignored; see `records.option_names`. Raises FieldError."""
        wanted = text.strip().casefold()
        found = option_names.find(self, wanted)
        if found is not None:
            return int(found)
        for value, label in (self.labels(self.name) if self.labels else {}).items():
            if label.casefold() == wanted:
                return value
        raise self.refuse("invalid_option", value=text[:50])


class Choice(_Stored, models.CharField):
    """One of a fixed list of words: the stored value is the word itself; `{word: caption}`."""

    kind, base, blank_value = "option", "CharField", ""

    def __init__(self, options_: Mapping[str, Any] | None = None, *, max_length: int = 30, **options: Any) -> None:
        super().__init__(max_length=max_length, **{"default": "", "blank": True, **options})
        self.options = {word: (word, caption) for word, caption in (options_ or {}).items()}
        self.extensible = False

    def convert(self, value: Any) -> str:
        """The stored value; see `_Stored.convert`."""
        found = option_names.find(self, str(value).strip().casefold())
        if found is not None:
            return str(found)
        raise self.refuse("invalid_option", value=str(value)[:50])


class Guid(_Stored, models.UUIDField):
    """A plain identifier."""

    kind, base = "guid", "UUIDField"
    is_nullable_by_default = True

    def __init__(self, **options: Any) -> None:
        if not options.get("primary_key"):
            options = {"null": True, "blank": True, **options}
        super().__init__(**options)

    def convert(self, value: Any) -> str:
        """The stored value; see `_Stored.convert`."""
        return _guid(self, value)


class Ref(_Stored, models.ForeignKey):
    """A foreign key by primary key. `code`: the target's field shown and accepted (None: its GUID).

    `lookup`: optional function `texts -> {text: primary key}` that an import and a person's input may use beside the
    code (names of countries).
    """

    kind, base = "ref", "ForeignKey"
    is_nullable_by_default = True

    def __init__(
        self,
        to: Any,
        on_delete: Any = models.RESTRICT,
        *,
        code: str | None = None,
        lookup: Callable[[list[str]], dict[str, str]] | None = None,
        **options: Any,
    ) -> None:
        self.code, self.lookup = code, lookup
        options = {"null": True, "blank": True, "related_name": "+", **options}
        super().__init__(to, on_delete, **options)

    def convert(self, value: Any) -> str:
        """The stored value; see `_Stored.convert`."""
        return _guid(self, getattr(value, "pk", value))


def _guid(field: Any, value: Any) -> str:
    if isinstance(value, str) and len(value) == 36:
        text = value.lower()
        if text.count("-") == 4:
            return text
    try:
        return str(value if isinstance(value, UUID) else UUID(str(value).strip()))
    except (ValueError, AttributeError):
        raise field.refuse("invalid_value", value=str(value)[:50]) from None


class PolymorphicRef(_Marks):
    """One look-up with several targets: `name` + `type_name` over one real foreign key per target.

    `targets`: {entity name: name of the Ref field}. Rows carry the GUID under `name` and the entity name under
    `type_name`; the foreign keys are filled from them on every write.
    """

    kind = "polyref"

    def __init__(
        self,
        type_name: str,
        targets: Mapping[str, str],
        *,
        caption: Any = "",
        type_caption: Any = "",
        default_type: str | None = None,
        **marks: Any,
    ) -> None:
        self.type_name, self.targets = type_name, dict(targets)
        self.caption, self.type_caption, self.default_type = caption, type_caption or type_name, default_type
        self.creation_counter = models.Field.creation_counter
        models.Field.creation_counter += 1
        self._mark(**marks)
        self.name = ""

    def contribute_to_class(self, model: type, name: str) -> None:
        """Remember the name; instances read the pair through properties."""
        self.name = name
        setattr(model, name, self)

    def __get__(self, instance: Any, owner: type | None = None) -> Any:
        if instance is None:
            return self
        return next((pk for _t, pk in self._present(instance)), None)

    def entity(self, instance: Any) -> str | None:
        """The entity name of what the instance points to."""
        return next((t for t, _pk in self._present(instance)), None)

    def _present(self, instance: Any) -> list[tuple[str, str]]:
        pairs = [(entity, getattr(instance, f"{column}_id")) for entity, column in self.targets.items()]
        return [(entity, str(pk)) for entity, pk in pairs if pk is not None]

    def columns_of(self, pk: str | None, entity: str | None) -> dict[str, str | None]:
        """Values of the foreign keys for a pair; a type that is not a target gives all null."""
        return {column: (pk if entity == target else None) for target, column in self.targets.items()}

    def refuse(self, code: str, **params: Any) -> FieldError:
        """An error at this field."""
        return FieldError(self.name, code, params)


class Calculated(_Marks):
    """A field that is computed when read and never stored.

    `compute`: batch function from primary keys to {primary key: value}; or a constant `default`. `sql`: an expression
    with `{t}` for the table alias where lists may sort and filter by it. `order`: the field of a referenced record that
    it repeats (`contact_no__name`), by which lists sort faster.
    """

    kind = "calculated"

    def __init__(
        self,
        type_: Any,
        caption: Any = "",
        *,
        compute: Callable[[list[str]], dict[str, Any]] | None = None,
        default: Any = None,
        sql: str | None = None,
        order: str = "",
    ) -> None:
        self.type, self.caption, self.compute, self.default, self.sql = type_, caption, compute, default, sql
        self.order = order
        self._mark(readonly=True)
        self.name = ""
