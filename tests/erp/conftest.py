"""Every test of this side starts from a fresh installation without data."""

from __future__ import annotations

import pytest

from erp.services.installation import install


@pytest.fixture
def installed(db):
    """Countries, number series, business relations and setups as after the first start."""
    install()
