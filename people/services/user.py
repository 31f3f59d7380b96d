"""Creating and changing users, each change in the audit log."""

from __future__ import annotations

import os
import re
import secrets
import zoneinfo
from collections.abc import Mapping
from functools import cache
from typing import Any

from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction

from pages.shell import bar_kinds
from people.audit import audit, audit_change
from people.models import RIGHTS, User
from people.salespeople import refusal_of
from people.signals import user_saved
from records.errors import FieldError, Refused, Rejected, Stale

#: Fields that `user_update` may change, and those of them that users may change on their own.
SETTINGS = ("language", "time_zone", "salesperson")
FIELDS = ("permission_sets", "active", "email", *SETTINGS)
#: Kinds of notification bars that a user does not want to see.
HIDDEN = "notifications_off"
#: Users of every first start: name -> permission set.
DEFAULT_USERS = {"admin": "setup", "salesperson": "use", "viewer": "view"}
PASSWORD_BYTES = 12

_NAME = re.compile(r"[\w.@+-]+")
_LENGTHS = {"email": 254, "salesperson": 20}


@transaction.atomic
def user_create(*, username: str, password: str | None = None, is_service: bool = False, **values: Any) -> User:
    """Create a user; without a password nobody can sign in with it. Raises `Rejected`."""
    errors = [*_check_name(username), *check_values(values), *_check_salesperson(values, "")]
    candidate = User(username=username)
    if password is not None:
        errors += check_password(password, candidate)
    if errors:
        raise Rejected(errors)
    user = User.objects.create_user(username.strip(), password, is_service=is_service, **_tidy(values))
    audit("user.created", target=user.username, new=_audited(user))
    user_saved.send(User, user=user, created=True)
    return user


@transaction.atomic
def user_update(*, user: User, values: Mapping[str, Any], version: int | None = None) -> User:
    """Change fields of a user; a new `password` too. Raises `Rejected`, `Stale`, `Refused`."""
    locked = User.objects.select_for_update().get(pk=user.pk)
    if version is not None and locked.row_version != version:
        raise Stale(str(user.pk))
    values = dict(values)
    password = values.pop("password", None)
    errors = check_values(values) + _check_salesperson(values, locked.salesperson)
    errors += check_password(password, locked) if password else []
    if errors:
        raise Rejected(errors)
    old = _audited(locked)
    for name, value in _tidy(values).items():
        setattr(locked, name, value)
    _keep_an_administrator(locked)
    if _audited(locked) != old:
        _save(locked, old)
    if password:
        user_set_password(user=locked, password=password)
    return locked


def _save(user: User, old: dict[str, Any]) -> None:
    user.row_version += 1
    user.save()
    audit_change("user.changed", target=user.username, old=old, new=_audited(user))
    user_saved.send(User, user=user, created=False)


@transaction.atomic
def user_set_password(*, user: User, password: str) -> None:
    """Give a user a new password; all sessions of the user end."""
    if errors := check_password(password, user):
        raise Rejected(errors)
    user.set_password(password)
    user.row_version += 1
    user.save(update_fields=["password", "row_version"])
    audit("user.password_changed", target=user.username, new={"password": "changed"})


def ensure_default_users() -> dict[str, str]:
    """Create the users of a first start that do not exist; returns the passwords of those it created.

    A password comes from `TANDEM_PASSWORD_<NAME>`, else it is made up; it can be read here once and never again.
    """
    made: dict[str, str] = {}
    for name, permission_set in DEFAULT_USERS.items():
        if User.objects.filter(username__iexact=name).exists():
            continue
        made[name] = os.environ.get(f"TANDEM_PASSWORD_{name.upper()}") or secrets.token_urlsafe(PASSWORD_BYTES)
        with transaction.atomic():
            user = User.objects.create_user(name, made[name], permission_sets=[permission_set])
            audit("user.created", target=name, new=_audited(user))
            user_saved.send(User, user=user, created=True)
    return made


@cache
def time_zones() -> tuple[str, ...]:
    """The names of all time zones, in alphabetical order."""
    return tuple(sorted(zoneinfo.available_timezones()))


def check_values(values: Mapping[str, Any]) -> list[FieldError]:
    """The errors of field values, one for each bad field."""
    checks = {
        "permission_sets": _check_sets,
        "active": lambda value: None if isinstance(value, bool) else "invalid_value",
        "email": _check_email,
        "language": lambda value: None if value in ("", *dict(settings.LANGUAGES)) else "invalid_option",
        "time_zone": lambda value: None if value == "" or value in time_zones() else "invalid_option",
        "salesperson": lambda value: None if isinstance(value, str) else "invalid_value",
        HIDDEN: _check_kinds,
    }
    errors = []
    for name, value in values.items():
        if name not in checks:
            errors.append(FieldError(name, "unknown_field", {"field": name}))
        elif isinstance(value, str) and len(value) > _LENGTHS.get(name, 60):
            errors.append(FieldError(name, "too_long", {"length": len(value), "max": _LENGTHS.get(name, 60)}))
        elif code := checks[name](value):
            errors.append(FieldError(name, code, {"value": str(value)[:50]}))
    return errors


def check_password(password: Any, user: User) -> list[FieldError]:
    """The errors of a new password."""
    if not isinstance(password, str) or len(password) > 200:
        return [FieldError("password", "invalid_value", {"value": ""})]
    try:
        validate_password(password, user)
    except ValidationError as error:
        return [FieldError("password", e.code or "password", dict(e.params or {})) for e in error.error_list]
    return []


def _check_name(username: Any) -> list[FieldError]:
    if not isinstance(username, str) or not username.strip():
        return [FieldError("username", "required", {"caption": str(User._meta.get_field("username").verbose_name)})]
    name = username.strip()
    if len(name) > 80:
        return [FieldError("username", "too_long", {"length": len(name), "max": 80})]
    if not _NAME.fullmatch(name):
        return [FieldError("username", "invalid_value", {"value": name[:50]})]
    if User.objects.filter(username__iexact=name).exists():
        caption = str(User._meta.get_field("username").verbose_name)
        return [FieldError("username", "unique_violation", {"caption": caption, "value": name})]
    return []


def _check_sets(value: Any) -> str | None:
    is_good = isinstance(value, list | tuple) and all(isinstance(v, str) and v in RIGHTS for v in value)
    return None if is_good else "invalid_option"


def _check_kinds(value: Any) -> str | None:
    is_good = isinstance(value, list | tuple) and all(isinstance(v, str) and v in bar_kinds() for v in value)
    return None if is_good else "invalid_option"


def _check_salesperson(values: Mapping[str, Any], present: str) -> list[FieldError]:
    """A salesperson that is named anew must be one; a present one may have been blocked since."""
    given = values.get("salesperson")
    code = given.strip().upper() if isinstance(given, str) else ""
    found = refusal_of(code) if code != present else None
    return [found] if found else []


def _check_email(value: Any) -> str | None:
    try:
        if value != "":
            validate_email(value)
    except (ValidationError, TypeError):
        return "invalid_value"
    return None


def _tidy(values: Mapping[str, Any]) -> dict[str, Any]:
    tidy = dict(values)
    if "permission_sets" in tidy:
        tidy["permission_sets"] = [name for name in RIGHTS if name in tidy["permission_sets"]]
    if "salesperson" in tidy:
        tidy["salesperson"] = tidy["salesperson"].strip().upper()
    if HIDDEN in tidy:
        tidy[HIDDEN] = sorted(set(tidy[HIDDEN]))
    return tidy


def _audited(user: User) -> dict[str, Any]:
    return {name: getattr(user, name) for name in (*FIELDS, HIDDEN)}


def _keep_an_administrator(user: User) -> None:
    """Somebody must be able to set up: the last one cannot give that up."""
    if user.has_right("setup"):
        return
    others = User.objects.filter(active=True, is_service=False, permission_sets__contains=["setup"]).exclude(pk=user.pk)
    was = User.objects.filter(pk=user.pk, active=True, permission_sets__contains=["setup"]).exists()
    if was and not others.exists():
        raise Refused("last_administrator", {"user": user.username})
