"""Knowing what changed, without clocks: triggers log it, a router sends it to the mappings that read it."""

from sync.changes.router import route, route_all
from sync.changes.routes import Route, is_quiet, routes

__all__ = ["Route", "is_quiet", "route", "route_all", "routes"]
