"""The first start of an installation, and what every later start makes sure of."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from coupling.models import Connection
from coupling.services.connection import INTEGRATION_USER, connection_first_start
from crm.services.installation import install as install_crm
from demo import company, erp_side
from demo.jobs import ADMINISTRATOR
from demo.steps import Tell
from erp.models import CompanyInformation
from erp.services.installation import install as install_erp
from people.services.user import ensure_default_users
from records import db
from records.actor import acting
from sync import bell

_LOCK = 7_350_100


def set_up(*, demo_data: bool, tell: Tell) -> None:
    """Put in what is missing. May run again at any time; the first start decides whether there is demo data.

    1. company, countries and number series, 2. users, whose passwords are told now and never again, 3. connection with
    its integration user, 4. the Sales side, 5. demo data.
    """
    with one_at_a_time(), acting(ADMINISTRATOR, "setup"), bell.muted():
        install_erp()
        is_demo = company.is_wanted(demo_data=demo_data)
        if is_demo:
            erp_side.name_company()
        tell_passwords(ensure_default_users(), tell)
        connection_first_start()
        name, key = CompanyInformation.objects.values_list("name", "pk").get()
        install_crm(
            organization=name,
            company_name=name,
            company_id=str(key),
            integration_user=Connection.load().user_name or INTEGRATION_USER,
        )
        if is_demo:
            company.build(tell)


def tell_passwords(passwords: dict[str, str], tell: Tell) -> None:
    """Show the users that were just made with their passwords."""
    if not passwords:
        return
    tell("Users of this installation. The passwords are shown only now:")
    width = max(map(len, passwords))
    for name, password in passwords.items():
        tell(f"  {name.ljust(width)}  {password}")


@contextmanager
def one_at_a_time() -> Iterator[None]:
    """Two starts on one database take turns."""
    db.execute("SELECT pg_advisory_lock(%s)", [_LOCK])
    try:
        yield
    finally:
        db.execute("SELECT pg_advisory_unlock(%s)", [_LOCK])
