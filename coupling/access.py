"""What pages ask again and again for one request: is there a connection, which mapping serves a table, what is coupled.

Each is read once per request and kept on it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from django.http import HttpRequest

from coupling.declare import COMPANY
from coupling.filtering import checked_filter
from coupling.installation import installation
from coupling.models import Connection, Coupling, IntegrationTableMapping, OptionMapping
from coupling.plan import Key
from records import db
from records.filters import FilterError, to_sql
from records.messages import text
from records.schema import schema


def connection_of(request: HttpRequest) -> Connection:
    """The connection, read once."""
    found = getattr(request, "_tandem_connection", None)
    if found is None:
        found = request._tandem_connection = Connection.load()  # type: ignore[attr-defined]
    return found


def is_connected(request: HttpRequest) -> bool:
    """True with an enabled connection: then, and only then, actions of couplings and synchronizing exist."""
    return connection_of(request).enabled


def mappings_of(request: HttpRequest) -> list[IntegrationTableMapping]:
    """All mappings, read once."""
    found = getattr(request, "_tandem_mappings", None)
    if found is None:
        found = request._tandem_mappings = list(IntegrationTableMapping.objects.all())  # type: ignore[attr-defined]
    return found


def mapping_of_table(request: HttpRequest, label: str) -> IntegrationTableMapping | None:
    """The mapping that serves a table of either side; None where it is not mapped."""
    side = "erp_table" if label.startswith("erp.") else "crm_table"
    served = [m for m in mappings_of(request) if getattr(m, side) == label and (side == "erp_table" or not m.is_option)]
    return next(iter(served), None)


def count_inside(label: str, filter_text: str, keys: list[Key] | None = None) -> int:
    """How many records (of these) a table filter lets in. Raises `FilterError`."""
    facts = installation() if COMPANY in filter_text else None
    where, params = to_sql(checked_filter(filter_text, label, facts), schema(label).model, "t")
    table = schema(label)
    if keys is not None:
        where, params = f'({where}) AND t."{table.pk_column}" = ANY(%s::uuid[])', [*params, keys]
    row = db.one(f'SELECT count(*) FROM "{table.table}" t WHERE {where}', params)
    return int(row[0]) if row else 0


def filter_count(label: str, filter_text: str) -> tuple[int | None, str]:
    """(number of records inside, error): one of the two. For the filter editor."""
    try:
        return count_inside(label, filter_text), ""
    except FilterError as error:
        return None, text(error.code, error.params)


def couplings_of(request: HttpRequest, label: str, keys: Iterable[Key]) -> list[Coupling]:
    """The couplings of records of either side; asked once per request while nothing is changed."""
    wanted = tuple(keys)
    side = "erp_id" if label.startswith("erp.") else "crm_id"
    return kept(request, (label, wanted), lambda: list(Coupling.objects.filter(**{f"{side}__in": list(wanted)})))


def option_mappings_of(keys: Iterable[Key]) -> list[OptionMapping]:
    """The option mappings of codes."""
    return list(OptionMapping.objects.filter(erp_id__in=list(keys)).select_related("mapping"))


def is_option_table(request: HttpRequest, label: str) -> bool:
    """True for a code table whose codes are mapped to option values."""
    mapping = mapping_of_table(request, label) if label.startswith("erp.") else None
    return bool(mapping and mapping.is_option)


def has_partner(request: HttpRequest, label: str, keys: Iterable[Key]) -> bool:
    """True when one of these records is coupled (or, of a code table, mapped to an option)."""
    wanted: list[Any] = list(keys)
    if is_option_table(request, label):
        return OptionMapping.objects.filter(erp_id__in=wanted).exists()
    return bool(couplings_of(request, label, wanted))


def kept(request: HttpRequest, key: Any, read: Callable[[], Any]) -> Any:
    """Read once per request where the request only reads."""
    if request.method != "GET":
        return read()
    known: dict[Any, Any] = request.__dict__.setdefault("_tandem_known", {})
    if key not in known:
        known[key] = read()
    return known[key]
