"""Tables of the page machinery itself."""

from pages.models.idempotent_answer import IdempotentAnswer

__all__ = ["IdempotentAnswer"]
