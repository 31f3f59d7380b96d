"""Models of people."""

from people.models.audit import AuditEntry
from people.models.saved_view import SavedView
from people.models.sign_in import SignInFailure
from people.models.token import Token
from people.models.user import RIGHTS, User

__all__ = ["RIGHTS", "AuditEntry", "SavedView", "SignInFailure", "Token", "User"]
