"""Writing the audit log. Reading it is ordinary: `AuditEntry.objects`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from people.models import AuditEntry
from records import actor


def audit(
    action: str, *, target: str = "", old: Mapping[str, Any] | None = None, new: Mapping[str, Any] | None = None
) -> AuditEntry:
    """Add one entry for the present actor; values must be JSON, secrets must be "changed"."""
    who = actor.current()
    return AuditEntry.objects.create(
        user_name=who.user_name,
        source=who.source,
        action=action,
        target=target[:250],
        old=None if old is None else dict(old),
        new=None if new is None else dict(new),
    )


def audit_change(action: str, *, target: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> AuditEntry | None:
    """Add one entry with only what differs; nothing when nothing does."""
    changed = [name for name in new if old.get(name) != new[name]]
    if not changed:
        return None
    return audit(action, target=target, old={n: old.get(n) for n in changed}, new={n: new[n] for n in changed})
