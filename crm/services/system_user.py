"""System users that belong to the users of this installation."""

from __future__ import annotations

from crm.models import SystemUser
from crm.rules.organization import root_unit
from records import writes
from records.actor import acting


def system_user_ensure(
    *, user_name: str, e_mail: str = "", is_service: bool = False, active: bool = True
) -> str | None:
    """Create (or enable, or disable) the system user whose `domainname` is the user name; its key.

    None before the organization has a root business unit: the installation catches up with it.
    """
    if root_unit() is None:
        return None
    found = SystemUser.objects.filter(domainname=user_name).first()
    with acting(user_name, "setup"):
        if found is None:
            return writes.insert(SystemUser, [_new(user_name, e_mail, is_service, active)], source="setup").single().pk
        if found.isdisabled == active:
            edit = writes.Edit(str(found.pk), {"isdisabled": not active})
            writes.update(SystemUser, [edit], source="setup").single()
    return str(found.pk)


def _new(user_name: str, e_mail: str, is_service: bool, active: bool) -> dict[str, object]:
    first, _blank, last = user_name.replace(".", " ").title().rpartition(" ")
    return {
        "domainname": user_name,
        "firstname": first or None,
        "lastname": last,
        "internalemailaddress": e_mail or None,
        "isintegrationuser": is_service,
        "accessmode": 4 if is_service else 0,
        "isdisabled": not active,
    }
