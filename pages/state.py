"""The state of a list as its address holds it: view, searched text, filter, order, page. Nothing is kept elsewhere."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, QueryDict

from records.filters import Filter, FilterError, Term, equals_any, expression_text, parse, parse_expression, to_text
from records.schema import Schema

#: fields of the filter pane travel as `f.<field>=expression`; `o.<field>=option` for ticked options
EXPRESSION, OPTION = "f.", "o."
MAX_PAGE = 1_000_000
_UNSAFE = re.compile(r"[\x00\ud800-\udfff]")


@dataclass(frozen=True)
class ListState:
    """`terms`: expression text by field. `errors`: FilterError by field ("" for the whole filter)."""

    view: str = ""
    search: str = ""
    terms: dict[str, str] = field(default_factory=dict)
    sort: str = ""
    page: int = 1
    errors: dict[str, FilterError] = field(default_factory=dict)

    @property
    def filter(self) -> Filter:
        """The user's own filter (without view). Only terms that parse."""
        found: list[Term] = []
        for name, text in self.terms.items():
            if name not in self.errors:
                found += parse(f"{name}={text}").terms
        return Filter(tuple(found))

    @property
    def filter_text(self) -> str:
        """The user's filter in the grammar."""
        return to_text(self.filter)

    @property
    def is_narrowed(self) -> bool:
        """True where search or filter leave records out."""
        return bool(self.search or self.terms or self.errors)

    def but(self, **changes: Any) -> ListState:
        """The same state with changes; another order, filter or search begins at page one."""
        return replace(self, **({"page": 1} | changes))

    def query(self) -> str:
        """The query of the address, without what is empty."""
        pairs = [
            ("view", self.view),
            ("q", self.search),
            ("filter", self.filter_text),
            ("sort", self.sort),
            ("page", str(self.page) if self.page > 1 else ""),
        ]
        return urlencode([(name, value) for name, value in pairs if value])


def read(data: QueryDict, table: Schema) -> ListState:
    """The state that a query holds; what does not fit is kept as an error at its field."""
    terms: dict[str, str] = {}
    errors: dict[str, FilterError] = {}
    try:
        for term in parse(_clean(data.get("filter", ""))).terms:
            _add(terms, term)
    except FilterError as error:
        errors[""] = error
    for key in data:
        name = key[len(EXPRESSION) :]
        if key.startswith((EXPRESSION, OPTION)) and re.fullmatch(r"\w{1,100}", name):
            terms.pop(name, None)
            _read_term(name, [_clean(v) for v in data.getlist(key)], key.startswith(OPTION), terms, errors)
    _check(terms, errors, table)
    return ListState(
        view=_clean(data.get("view", ""))[:60],
        search=_clean(data.get("q", "")).strip()[:250],
        terms=terms,
        sort=_clean(data.get("sort", ""))[:100],
        page=_number(data.get("page", "")),
        errors=errors,
    )


def of(request: HttpRequest, table: Schema) -> ListState:
    """The state of the request's address."""
    return read(request.GET, table)


def _add(terms: dict[str, str], term: Term) -> None:
    """Two terms of one field both hold: `a&b` where neither has an alternative, else the later one counts."""
    text = expression_text(term)
    known = terms.get(term.field)
    both = f"{known}&{text}"
    terms[term.field] = both if known and "|" not in both else text


def _read_term(
    name: str, values: list[str], is_option: bool, terms: dict[str, str], errors: dict[str, FilterError]
) -> None:
    if is_option:
        terms[name] = expression_text(equals_any(name, values))
        return
    text = values[-1].strip()
    if not text:
        return
    terms[name] = text
    try:
        terms[name] = expression_text(parse_expression(text, name))
    except FilterError as error:
        errors[name] = error


def _check(terms: dict[str, str], errors: dict[str, FilterError], table: Schema) -> None:
    from records.filters import check

    for name, text in terms.items():
        if name in errors:
            continue
        try:
            check(parse(f"{name}={text}"), table.model)
        except FilterError as error:
            errors[name] = error


def _number(text: str) -> int:
    return min(max(1, int(text)), MAX_PAGE) if re.fullmatch(r"[0-9]{1,9}", text) else 1


def _clean(text: str) -> str:
    return _UNSAFE.sub("", text)
