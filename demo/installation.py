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


def set_up(*, demo_data: bool, tell: Tell) -> dict[str, str]:
    """Put in what is missing; the passwords of the users that were made. May run again at any time.

    1. company, countries and number series, 2. users, 3. connection with its integration user, 4. the Sales side,
    5. demo data, as long as nobody has entered data of their own.
    """
    with one_at_a_time(), acting(ADMINISTRATOR, "setup"), bell.muted():
        install_erp()
        if demo_data and company.is_wanted():
            erp_side.name_company()
        passwords = ensure_default_users()
        connection_first_start()
        name, key = CompanyInformation.objects.values_list("name", "pk").get()
        install_crm(
            organization=name,
            company_name=name,
            company_id=str(key),
            integration_user=Connection.load().user_name or INTEGRATION_USER,
        )
        if demo_data and company.is_wanted():
            company.build(tell)
    return passwords


@contextmanager
def one_at_a_time() -> Iterator[None]:
    """Two starts on one database take turns."""
    db.execute("SELECT pg_advisory_lock(%s)", [_LOCK])
    try:
        yield
    finally:
        db.execute("SELECT pg_advisory_unlock(%s)", [_LOCK])
