"""What other apps may want to know of connections and mappings. Sent inside the transaction that makes the change."""

from django.dispatch import Signal

#: The connection was enabled or disabled: `enabled`.
connection_changed = Signal()

#: Mappings were made, changed or removed: `names` (a list).
mappings_changed = Signal()

#: Couplings were made by a user: `pair` (mapping name), `couplings` (a list), `waits` (the next run looks at them).
couplings_made = Signal()

#: Couplings are about to be removed by a user: `pair`, `couplings` (a list).
couplings_removed = Signal()
