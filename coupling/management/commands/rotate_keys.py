"""`manage.py rotate_keys`: the connection's secret under the first of the encryption keys; older keys may go then."""

from __future__ import annotations

from typing import Any

from cryptography.fernet import InvalidToken
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from coupling.models import Connection
from coupling.models.connection import CONNECTION_ID
from coupling.secrets import reseal
from people.audit import audit
from records.actor import acting


class Command(BaseCommand):
    """Encrypts the secret anew."""

    help = "Encrypt the secret of the connection with the first key of ENCRYPTION_KEYS."

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        connection = Connection.objects.select_for_update().filter(pk=CONNECTION_ID).first()
        if connection is None or not connection.secret_cipher:
            self.stdout.write("There is no secret.")
            return
        try:
            cipher = reseal(connection.secret_cipher)
        except InvalidToken:
            raise CommandError("None of the keys in ENCRYPTION_KEYS opens the secret.") from None
        Connection.objects.filter(pk=CONNECTION_ID).update(secret_cipher=cipher)
        with acting("", "setup"):
            audit("connection_rotate_keys", target=connection.address, new={"secret": "changed"})
        self.stdout.write("The secret is encrypted with the first key.")
