"""Users: who signs in, with which permission sets and settings."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

#: Each permission set includes the ones before it.
RIGHTS = ("view", "use", "setup")
RIGHT_CAPTIONS = {"view": _("View"), "use": _("Use"), "setup": _("Setup")}


class UserManager(BaseUserManager["User"]):
    """Makes users with a hashed password."""

    def create_user(self, username: str, password: str | None = None, **values: Any) -> User:
        """A user with this name; without a password nobody can sign in with it."""
        user = self.model(username=self.model.normalize_username(username), **values)
        user.set_password(password)
        user.save()
        return user

    def get_by_natural_key(self, username: str | None) -> User:
        """The user with this name, whatever its case."""
        return self.get(username__iexact=username)


class User(AbstractBaseUser):
    """A person or service. Without a permission set a user sees only the own settings."""

    username = models.CharField(_("User Name"), max_length=80, unique=True)
    email = models.EmailField(_("Email"), blank=True, default="")
    permission_sets = ArrayField(
        models.CharField(max_length=10, choices=list(RIGHT_CAPTIONS.items())),
        verbose_name=_("Permission Sets"),
        default=list,
        blank=True,
    )
    active = models.BooleanField(_("Active"), default=True)
    is_service = models.BooleanField(_("Service"), default=False)
    language = models.CharField(_("Language"), max_length=10, blank=True, default="")
    time_zone = models.CharField(_("Time Zone"), max_length=60, blank=True, default="")
    salesperson = models.CharField(_("Salesperson Code"), max_length=20, blank=True, default="")
    notifications_off = ArrayField(
        models.CharField(max_length=60), verbose_name=_("Hidden Notifications"), default=list, blank=True
    )
    created_at = models.DateTimeField(_("Created At"), auto_now_add=True)
    row_version = models.BigIntegerField(default=1, editable=False)

    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []
    objects = UserManager()

    class Meta:
        verbose_name = _("User")
        verbose_name_plural = _("Users")
        ordering: ClassVar[list[str]] = ["username"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(Lower("username"), name="people_user_name_any_case")
        ]

    @property
    def is_active(self) -> bool:  # type: ignore[override]
        """Django's name for `active`: an inactive user cannot sign in and loses the present session."""
        return self.active

    @property
    def permission_captions(self) -> list[Any]:
        """The permission sets as people call them."""
        return [RIGHT_CAPTIONS[name] for name in self.permission_sets]

    @property
    def language_name(self) -> str:
        """The chosen language in its own words; blank without a choice."""
        return str(dict(settings.LANGUAGES).get(self.language, ""))

    def has_right(self, name: str) -> bool:
        """True when a permission set of an active user covers this right (setup > use > view); "" needs none."""
        return self.active and (not name or includes(self.permission_sets, name))

    def _get_session_auth_hash(self, secret: Any = None) -> str:
        """Sessions end with a new password and with other permission sets, not only at sign-out."""
        password = self.password
        self.password = f"{password}|{','.join(sorted(self.permission_sets))}"
        try:
            return str(super()._get_session_auth_hash(secret=secret))  # type: ignore[misc]
        finally:
            self.password = password


def includes(sets: Iterable[str], name: str) -> bool:
    """True when one of the permission sets covers the right; an unknown right is an error."""
    if name not in RIGHTS:
        raise ValueError(f"there is no right {name!r}")
    return any(RIGHTS.index(held) >= RIGHTS.index(name) for held in sets)
