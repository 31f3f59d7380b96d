"""Compare, first question: has a row changed since the last synchronization? By version, before any transfer."""

from __future__ import annotations

from sync.engine.types import Comparison, Pair


def compare_pair(pair: Pair) -> Comparison:
    """Say which side's row changed since the last sync; a record without a coupling counts as changed."""
    if pair.link is None:
        return Comparison(pair.erp is not None, pair.crm is not None)
    return Comparison(
        erp_changed=pair.erp is not None and pair.erp.version != pair.link.erp_version,
        crm_changed=pair.crm is not None and pair.crm.version != pair.link.crm_version,
    )
