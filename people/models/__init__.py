"""Models of people."""

from people.models.audit import AuditEntry
from people.models.list_layout import ListLayout
from people.models.saved_view import SavedView
from people.models.sign_in import SignInFailure
from people.models.token import Token
from people.models.user import RIGHTS, User

__all__ = ["RIGHTS", "AuditEntry", "ListLayout", "SavedView", "SignInFailure", "Token", "User"]
