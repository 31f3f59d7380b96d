"""The installation of these tests: both sides set up, connected, with the default mappings."""

from __future__ import annotations

from typing import Any

import pytest

from tests.coupling.world import World, build


@pytest.fixture
def world(db: Any) -> World:
    """A connected installation with one salesperson, two customers and three accounts."""
    return build()
