"""System users that belong to the users of this installation: same name, made together."""

from __future__ import annotations

from typing import Any

from crm.models import SystemUser
from crm.rules.organization import root_unit
from people.models import User
from records import writes

NON_INTERACTIVE = 4


def system_user_ensure(
    *, user_name: str, e_mail: str = "", is_service: bool = False, active: bool = True
) -> str | None:
    """Create the system user whose `domainname` is the user name, or enable or disable it; its key.

    None before the organization has a root business unit: the installation catches up with it.
    """
    if root_unit() is None:
        return None
    found = SystemUser.objects.filter(domainname__iexact=user_name).first()
    if found is None:
        return writes.insert(SystemUser, [_new(user_name, e_mail, is_service, active)], source="setup").single().pk
    values: dict[str, Any] = {}
    if found.isdisabled == active:
        values["isdisabled"] = not active
    if e_mail and not found.internalemailaddress:
        values["internalemailaddress"] = e_mail
    if values:
        writes.update(SystemUser, [writes.Edit(str(found.pk), values)], source="setup").single()
    return str(found.pk)


def system_users_catch_up() -> None:
    """A system user for each user who has none yet."""
    known = {name.lower() for name in SystemUser.objects.exclude(domainname=None).values_list("domainname", flat=True)}
    missing = [user for user in User.objects.all() if user.username.lower() not in known]
    rows = [_new(user.username, user.email, user.is_service, user.active) for user in missing]
    if rows:
        writes.insert(SystemUser, rows, source="setup")


def _new(user_name: str, e_mail: str, is_service: bool, active: bool) -> dict[str, Any]:
    first, _blank, last = user_name.replace(".", " ").replace("_", " ").title().rpartition(" ")
    return {
        "domainname": user_name,
        "firstname": first[:64] or None,
        "lastname": last[:64],
        "internalemailaddress": e_mail[:100] or None,
        "isintegrationuser": is_service,
        "accessmode": NON_INTERACTIVE if is_service else 0,
        "isdisabled": not active,
    }
