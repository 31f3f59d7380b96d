"""Which pairs of fields can be mapped, and how a value passes between them in each direction.

`convert_fields` is asked both when a line is edited (it raises `NotMappable` for what cannot be) and when a job is
planned. The kinds of pairs, first that fits: owner, coupled references, reference and option set, reference and text,
plain values.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from operator import methodcaller
from typing import Any

from coupling.installation import Installation
from coupling.lookups import ByCode, Codes, CoupledKeys, LocalCurrency, OptionValues, Owners
from coupling.plan import Conversion, ConversionError, Direction, Problem
from coupling.ruled import RULED_KINDS, Ruling, ruled
from coupling.texts import as_text
from records.errors import FieldError
from records.option_names import stored_text
from records.schema import FieldInfo, Schema

TEXT_KINDS = frozenset({"text", "code", "memo", "dateformula", "entityname"})
PLAIN_KINDS = TEXT_KINDS | {"decimal", "int", "bool", "date", "datetime", "option", "guid"}
_SALESPERSON, _USER = "erp.SalespersonPurchaser", "crm.SystemUser"
_rstrip = methodcaller("rstrip", " ")


class NotMappable(Exception):
    """These two fields cannot be mapped: a code with parameters."""

    def __init__(self, code: str, /, **params: Any) -> None:
        super().__init__(code, params)
        self.code, self.params = code, params


@dataclass(frozen=True, slots=True)
class Known:
    """The mappings that look-ups may use. `records`: (ERP table, CRM table) -> name; `options`: (ERP table, attribute) -> id."""

    records: dict[tuple[str, str], str] = field(default_factory=dict)
    options: dict[tuple[str, str], tuple[str, str]] = field(default_factory=dict)

    @classmethod
    def of(cls, mappings: Iterable[Any]) -> Known:
        """What a set of integration table mappings offers."""
        records, options = {}, {}
        for m in mappings:
            if m.is_option:
                options[m.erp_table, m.crm_key_field] = (str(m.pk), m.name)
            else:
                records[m.erp_table, m.crm_table] = m.name
        return cls(records, options)


@dataclass(frozen=True, slots=True)
class Passage:
    """Both directions of one pair of fields. `depends_on`: the mapping whose couplings or option mappings it uses."""

    to_crm: Conversion | None = None
    from_crm: Conversion | None = None
    equal: Callable[[Any, Any], bool] | None = None
    depends_on: str = ""
    plain: bool = False


@dataclass(frozen=True, slots=True)
class Ends:
    """The two fields of a line with their tables."""

    erp_schema: Schema
    crm_schema: Schema
    erp: FieldInfo
    crm: FieldInfo

    @property
    def erp_caption(self) -> str:
        """`@erp.Customer.currency_code`, which messages turn into the caption."""
        return f"@{self.erp_schema.label}.{self.erp.name}"

    @property
    def crm_caption(self) -> str:
        """As `erp_caption`, for the CRM field."""
        return f"@{self.crm_schema.label}.{self.crm.name}"


def convert_fields(
    ends: Ends, known: Known, facts: Installation | None, *, truncate: bool = False, ruling: Ruling | None = None
) -> Passage:
    """How values pass between the two fields of a line. `facts` may be missing when a line is only checked."""
    passage = _passage(ends, known, facts, truncate=truncate)
    return _with_rule(passage, ends, ruling, truncate=truncate) if ruling else passage


def typed(dest: FieldInfo, source: FieldInfo, *, truncate: bool = False) -> Conversion:
    """The conversion of a text that stands for a value of `source` into a plain field."""
    return _towards(dest, replace(source, kind="memo"), truncate=truncate)


def _with_rule(passage: Passage, ends: Ends, ruling: Ruling, *, truncate: bool) -> Passage:
    """The passage with a rule in its direction. Values are equal only as the rule says."""
    to_crm = ruling.direction is Direction.TO_CRM
    source, dest = (ends.erp, ends.crm) if to_crm else (ends.crm, ends.erp)
    plain = passage.to_crm if to_crm else passage.from_crm
    assert plain is not None
    if isinstance(plain.lookup, Codes | ByCode):
        new = ruled(plain, plain, source, dest, ruling.chain)
    elif plain.lookup is None and source.kind in RULED_KINDS and dest.kind in RULED_KINDS:
        new = ruled(plain, typed(dest, source, truncate=truncate), source, dest, ruling.chain)
    else:
        raise NotMappable("transformation_on_lookup", field=source.name)
    way = {"to_crm": new} if to_crm else {"from_crm": new}
    return replace(passage, **way, equal=None, plain=False)  # type: ignore[arg-type]


def _passage(ends: Ends, known: Known, facts: Installation | None, *, truncate: bool) -> Passage:
    erp, crm = ends.erp, ends.crm
    for info in (erp, crm):
        if not is_mappable(info):
            raise NotMappable("not_mappable", field=info.name)
    if erp.kind == "ref" and crm.kind in ("ref", "polyref"):
        return _coupled(ends, known, facts)
    if erp.kind == "ref" and crm.kind == "option":
        return _option(ends, known)
    if erp.kind == "ref" and crm.kind in ("text", "memo", "code") and erp.ref_code:
        return _code_text(ends, truncate=truncate)
    if erp.kind in PLAIN_KINDS and crm.kind in PLAIN_KINDS and _kindred(erp.kind, crm.kind):
        return _plain(erp, crm, truncate=truncate)
    raise NotMappable("type_mismatch", erp=erp.name, crm=crm.name)


def is_mappable(info: FieldInfo) -> bool:
    """True for stored fields of a type that mappings know, and look-ups."""
    if info.internal or info.calculated:
        return False
    return bool(info.targets) or (info.stored and (info.kind in PLAIN_KINDS or info.kind == "ref"))


def _kindred(erp: str, crm: str) -> bool:
    """Text takes everything but identifiers; other kinds only themselves, numbers each other."""
    numbers = {"decimal", "int"}
    days = {"date", "datetime"}
    if erp in TEXT_KINDS or crm in TEXT_KINDS:
        return "guid" not in (erp, crm)
    return erp == crm or {erp, crm} <= numbers or {erp, crm} <= days or {erp, crm} <= {"option", "int"}


def _coupled(ends: Ends, known: Known, facts: Installation | None) -> Passage:
    erp, crm = ends.erp, ends.crm
    targets = _crm_targets(ends)
    pair = next(((known.records[erp.ref, t], t) for t in targets if (erp.ref, t) in known.records), None)
    if pair is None:
        raise NotMappable("tables_not_mapped", erp=f"@{erp.ref}", crm=" / ".join(f"@{t}" for t in targets))
    name, crm_table = pair
    to_crm = CoupledKeys(name, True, erp.ref, ends.erp_caption)  # noqa: FBT003
    from_crm = CoupledKeys(name, False, crm_table, ends.crm_caption)  # noqa: FBT003
    if erp.ref == _SALESPERSON and crm.kind == "polyref":
        return Passage(Conversion(to_crm), Conversion(Owners(from_crm)), depends_on=name)
    if erp.ref == "erp.Currency" and facts is not None:
        return _currency(to_crm, from_crm, facts, name)
    return Passage(Conversion(to_crm), Conversion(from_crm), depends_on=name)


def _crm_targets(ends: Ends) -> list[str]:
    """Labels of the tables that a CRM look-up may point to."""
    if ends.crm.kind == "ref":
        return [ends.crm.ref]
    columns, model = set(ends.crm.targets.values()), ends.crm_schema.model
    return [f.related_model._meta.label for f in model._meta.concrete_fields if f.column in columns]


def _currency(to_crm: CoupledKeys, from_crm: CoupledKeys, facts: Installation, name: str) -> Passage:
    lcy, own = facts.lcy_crm_currency, facts.lcy_erp_currency

    def equal(erp: Any, crm: Any) -> bool:
        """The local currency by either of its names, and no currency at all, are one."""
        return crm in (None, lcy) and erp in (None, "", own)

    return Passage(
        Conversion(to_crm, blank=lcy), Conversion(LocalCurrency(from_crm, lcy)), equal=equal, depends_on=name
    )


def _option(ends: Ends, known: Known) -> Passage:
    found = known.options.get((ends.erp.ref, ends.crm.name))
    if found is None:
        raise NotMappable("tables_not_mapped", erp=f"@{ends.erp.ref}", crm=ends.crm_caption)
    key, name = found
    to_crm = OptionValues(key, True, ends.erp.ref, ends.erp_caption, name)  # noqa: FBT003
    from_crm = OptionValues(key, False, ends.erp.ref, ends.crm_caption, name)  # noqa: FBT003
    return Passage(Conversion(to_crm), Conversion(from_crm), depends_on=name)


def _code_text(ends: Ends, *, truncate: bool) -> Passage:
    """A code that the other side keeps as free text (countries); names are understood on the way back."""
    erp, crm = ends.erp, ends.crm
    assert erp.ref_code
    to_crm = Conversion(Codes(erp.ref, erp.ref_code), max_length=crm.max_length, truncate=truncate)
    names = getattr(erp.field, "lookup", None)
    return Passage(to_crm, Conversion(ByCode(erp.ref, erp.ref_code, ends.erp_caption, names)))


def _plain(erp: FieldInfo, crm: FieldInfo, *, truncate: bool) -> Passage:
    to_crm, from_crm = _towards(crm, erp, truncate=truncate), _towards(erp, crm, truncate=truncate)
    if erp.kind in TEXT_KINDS and crm.kind in TEXT_KINDS:
        return Passage(
            to_crm, from_crm, equal=_text_equal(erp, crm, truncate=truncate), plain=crm.stored and erp.stored
        )
    return Passage(to_crm, from_crm, plain=erp.kind == crm.kind and crm.stored and erp.stored)


def _towards(dest: FieldInfo, source: FieldInfo, *, truncate: bool) -> Conversion:
    """Conversion of a plain value into a field; `blank` is the field's own empty value."""
    plain = Conversion(max_length=dest.max_length, truncate=truncate, blank=dest.blank)
    if source.kind not in TEXT_KINDS or dest.kind not in TEXT_KINDS:
        same = source.kind == dest.kind and not _narrower(dest, source) and not _checks(dest)
        if dest.kind in TEXT_KINDS:
            return replace(
                plain, convert=_normalizer(dest, cut=dest.max_length if truncate else None, text=as_text(source))
            )
        return Conversion(blank=dest.blank, convert=None if same else _normalizer(dest))
    tidy = _tidier(dest)
    if _checks(dest) or dest.kind in ("dateformula", "entityname"):
        return replace(plain, convert=_normalizer(dest, cut=dest.max_length if truncate else None))
    return replace(plain, convert=tidy)


def _tidier(dest: FieldInfo) -> Callable[[Any], Any] | None:
    """What every text becomes before it is measured: codes in capitals, ERP texts without trailing blanks."""
    if dest.kind == "code":
        return _as_code
    return None if dest.null else _rstrip


def _as_code(value: str) -> str:
    return value.strip().upper()


def _checks(info: FieldInfo) -> bool:
    return bool(getattr(info.field, "checks", ()))


def _narrower(dest: FieldInfo, source: FieldInfo) -> bool:
    """True where not every value of the source fits the destination: numbers with fewer digits, other options."""
    if dest.kind == "option":
        return not dest.extensible and set(dest.options) != set(source.options)
    if dest.kind == "decimal":
        whole = (dest.field.max_digits or 0) - (dest.decimals or 0) < (source.field.max_digits or 0) - (
            source.decimals or 0
        )
        return whole or (dest.decimals or 0) < (source.decimals or 0) or _limited(dest)
    return dest.kind == "int" and _limited(dest)


def _limited(info: FieldInfo) -> bool:
    return getattr(info.field, "minimum", None) is not None or getattr(info.field, "maximum", None) is not None


def _normalizer(
    dest: FieldInfo, cut: int | None = None, text: Callable[[Any], str] | None = None
) -> Callable[[Any], Any]:
    def convert(value: Any) -> Any:
        value = text(value) if text else value
        try:
            return dest.normalize(value[:cut] if cut and isinstance(value, str) else value)
        except FieldError as error:
            raise ConversionError(Problem(error.code, error.params, dest.name)) from error

    def convert_option(value: Any) -> Any:
        with stored_text():
            return convert(value)

    return convert_option if dest.kind == "option" else convert


def _text_equal(erp: FieldInfo, crm: FieldInfo, *, truncate: bool) -> Callable[[Any, Any], bool]:
    """Equality that ignores trailing blanks, the case of codes and, where a line may cut, what lies behind the cut."""
    lengths = [n for n in (erp.max_length, crm.max_length) if n] if truncate else []
    cut = min(lengths) if lengths else None
    tidy = _as_code if "code" in (erp.kind, crm.kind) else _rstrip

    def equal(one: Any, other: Any) -> bool:
        a, b = tidy(str(one or "")), tidy(str(other or ""))
        return a == b or (cut is not None and _rstrip(a[:cut]) == _rstrip(b[:cut]))

    return equal
