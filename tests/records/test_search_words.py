"""What a search looks for: words in any order, phrases in quotes."""

from __future__ import annotations

import pytest

from records import writes
from records.listing import select
from records.text import MAX_WORDS, words


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("", []),
        ("  ", []),
        ("Malmö", ["malmo"]),
        ("trading  Nordwind trading", ["trading", "nordwind"]),
        ('"Nordwind Trading" oslo', ["nordwind trading", "oslo"]),
        ('"Nordwind Tra', ["nordwind tra"]),
        ('12" "" x', ['12"', "x"]),
        ("a b c d e f g h i j k", ["a b c d e f g h i j k"]),
    ],
)
def test_words_of_a_search(typed: str, found: list[str]) -> None:
    assert words(typed) == found
    assert len(found) <= MAX_WORDS


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("typed", "count"),
    [("trading nordwind", 2), ('"nordwind trading"', 1), ("oslo nordwind", 1), ("nordwind bergen", 0)],
)
def test_all_words_are_found_in_any_order(typed: str, count: int) -> None:
    rows = [
        {"no": "1", "name": "Nordwind Trading", "city": "Oslo"},
        {"no": "2", "name": "Trading Nordwind"},
        {"no": "3", "name": "Contoso"},
    ]
    writes.insert("erp.Customer", rows, source="setup")

    assert select("erp.Customer", search=typed).count() == count
