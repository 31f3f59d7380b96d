"""`manage.py api_token USERNAME`: a new token for the API, alone on the last line."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from people.models import User
from people.services import token_create
from records.actor import acting


class Command(BaseCommand):
    """Makes a token for a user and prints it."""

    help = "Make a token for the API; it is printed alone on the last line and cannot be read again."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("username")

    def handle(self, *args: Any, username: str, **options: Any) -> None:
        user = User.objects.filter(username__iexact=username).first()
        if user is None:
            raise CommandError(f"There is no user {username!r}.")
        if not user.active:
            raise CommandError(f"The user {username!r} is not active.")
        with acting("", "setup"):
            self.stdout.write(token_create(user=user))
