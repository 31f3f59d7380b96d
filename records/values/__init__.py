"""Values at the edge: what callers send becomes stored values, stored values become what callers see."""

from records.values.parse import parse, parse_many
from records.values.present import Stored, address, fetch, present, stored

__all__ = ["Stored", "address", "fetch", "parse", "parse_many", "present", "stored"]
