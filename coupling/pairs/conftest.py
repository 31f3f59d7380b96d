"""Fixtures of the pairs' own tests."""

from __future__ import annotations

from typing import Any

import pytest

from tests.coupling.world import World, build


@pytest.fixture
def running(db: Any) -> World:  # noqa: ARG001 - a fixture of a fixture
    """A connected installation whose jobs can run."""
    return build()
