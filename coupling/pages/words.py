"""The words by which Tell Me finds couplings: those of the user's language, and the English ones in every language."""

from __future__ import annotations

from django.utils.functional import lazy
from django.utils.translation import gettext as _

SOURCE = "couple, decouple, synchronize, crm, sales"


def _words() -> str:
    return f"{SOURCE}, {_('couple, decouple, uncouple, coupling, synchronize, crm, sales')}"


KEYWORDS = lazy(_words, str)()
