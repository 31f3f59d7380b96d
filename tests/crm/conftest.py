"""Every test of this side starts from a fresh installation with one salesperson."""

from __future__ import annotations

import pytest

from crm.services.installation import install
from people.services.user import user_create
from records.actor import acting
from tests.crm.tools import COMPANY_ID


@pytest.fixture
def installed(db):
    """Root unit, default team, base currency, stock options, company and integration user."""
    install(organization="Tandem", company_name="Cronus", company_id=COMPANY_ID, integration_user="integration")


@pytest.fixture
def anna(installed):
    """A user of the installation who writes in the test; the name of the user."""
    user_create(username="anna", email="anna@example.com", permission_sets=["use"])
    with acting("anna", "api"):
        yield "anna"
