"""dlt on the same data, where it is installed: rows through a generator with the values of the CUSTOMER lines.

It merges into a table of its own, which has none of the constraints, indexes, search columns and triggers that most of a
write costs here, and keeps no couplings, no log and no conflicts. So the figures have no bar: they say what those cost.
"""

from __future__ import annotations

import importlib.util
import os
import tempfile
import time
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import quote, urlencode

from bench import data
from bench.figures import Figures
from bench.jobs import SMALL, run
from bench.others import LINES
from bench.workers import Workers

_EVERY = 100
_SQL = (
    "SELECT c.system_id::text, c.system_modified_at, r.code, "
    + ", ".join(f"c.{erp}" for erp, _crm in LINES)
    + " FROM erp_customer c LEFT JOIN erp_countryregion r ON r.system_id = c.country_region_code_id "
    "WHERE c.blocked = 0 AND (%s::timestamptz IS NULL OR c.system_modified_at > %s)"
)


def pipelines(figures: Figures) -> None:
    """Add `dlt / product` for the phases of a table of 10,000 records."""
    if importlib.util.find_spec("dlt") is None:
        return
    ours = _phases(_product())
    with tempfile.TemporaryDirectory() as folder:
        theirs = _phases(_dlt(folder))
    for phase, took in ours.items():
        figures.other[f"dlt / product, {phase}"] = round(theirs[phase] / took, 1)


def _phases(go: Callable[[str], None]) -> dict[str, float]:
    """Milliseconds of first, 1 % changed, nothing changed, all changed."""
    data.fill(SMALL)
    found = {}
    for phase, keys in (("first", []), ("1 %", data.sample(_EVERY)), ("nothing", []), ("all changed", None)):
        if keys is None or keys:
            data.settle()
            data.touch(keys, phase)
        began = time.perf_counter()
        go(phase)
        found[phase] = (time.perf_counter() - began) * 1000
    return found


def _product() -> Callable[[str], None]:
    workers = Workers(1)
    return lambda phase: _run(workers, phase)


def _run(workers: Workers, phase: str) -> None:
    run(workers, "full" if phase == "first" else "modified", create_new=phase == "first")
    if phase == "all changed":
        workers.stop()


def _dlt(folder: str) -> Callable[[str], None]:
    os.environ |= {"RUNTIME__DLTHUB_TELEMETRY": "false", "RUNTIME__LOG_LEVEL": "ERROR"}
    import dlt
    from django.db import connection

    from records import db

    settings = connection.get_connection_params()
    query = urlencode({name: settings[name] for name in ("host", "port") if settings.get(name)})
    address = f"{settings['user']}:{quote(settings.get('password') or '-')}@localhost/{settings['dbname']}?{query}"
    destination = dlt.destinations.postgres(credentials=f"postgresql://{address}")
    pipeline = dlt.pipeline("bench", destination=destination, dataset_name="bench_dlt", pipelines_dir=folder)
    db.execute("DROP SCHEMA IF EXISTS bench_dlt CASCADE")
    marks: dict[str, Any] = {"seen": None}

    def customers() -> Iterator[dict[str, Any]]:
        for key, changed, country, *values in db.rows(_SQL, [marks["seen"], marks["seen"]]):
            marks["last"] = max(changed, marks.get("last") or changed)
            row = {crm: value or None for (_erp, crm), value in zip(LINES, values, strict=True)}
            yield {"id": key, "address1_country": country, **row}

    def go(_phase: str) -> None:
        resource = dlt.resource(customers, name="accounts", primary_key="id", write_disposition="merge")
        pipeline.run(resource())
        marks["seen"] = marks.get("last")

    return go
