"""Services of people: everything that changes users, tokens and the count of failed sign-ins."""

from people.services.sign_in import failure_clear, failure_record, seconds_locked
from people.services.token import token_create, token_user
from people.services.user import ensure_default_users, user_create, user_set_password, user_update

__all__ = [
    "ensure_default_users",
    "failure_clear",
    "failure_record",
    "seconds_locked",
    "token_create",
    "token_user",
    "user_create",
    "user_set_password",
    "user_update",
]
