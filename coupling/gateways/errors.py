"""Errors of a gateway, named by what to do next."""

from __future__ import annotations

from coupling.plan import Problem


class GatewayError(Exception):
    """Base of all gateway errors."""


class Unavailable(GatewayError):
    """The side cannot be reached: try the whole chunk again later."""


class Transient(GatewayError):
    """A passing fault (deadlock, time-out, lock): try the chunk again soon."""


class Rejected(GatewayError):
    """The side refuses one record for good."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem)
        self.problem = problem


class VersionConflict(GatewayError):
    """Somebody changed the record since it was read: read and decide again."""


class Missing(GatewayError):
    """The record does not exist (any more)."""
