"""What other apps may listen to."""

from django.dispatch import Signal

#: Sent inside the transaction that created or changed a user; arguments `user`, `created` (bool).
user_saved = Signal()
