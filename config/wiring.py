"""The only place that names everybody: connects apps that must not know each other."""

from __future__ import annotations


def connect() -> None:
    """Wire the apps together; called once, when all apps are loaded."""
