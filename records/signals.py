"""What happens to records, for apps above that must not be known here."""

from django.dispatch import Signal

#: Records were deleted: `label` of the table, `keys` (a list). Sent inside the transaction.
records_deleted = Signal()
