"""The composition root: the only place that names all apps and all pairs. What each adds to the others it says itself.

Apps stand in the order of their layers, lowest first: each extends only those before it, when it is loaded (`apps.py`).
"""

from __future__ import annotations

from config.folders import ROOT

APPS = ("records", "pages", "people", "erp", "crm", "coupling", "sync", "demo")


def pairs(*elsewhere: str) -> list[str]:
    """Return the packages of coupling pairs: every folder in `coupling/pairs` with a mapping, and those `elsewhere`."""
    folders = sorted(path.parent.name for path in (ROOT / "coupling" / "pairs").glob("*/mapping.py"))
    return [*(f"coupling.pairs.{folder}" for folder in folders), *elsewhere]
