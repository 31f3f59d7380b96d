"""Planning: how many chunks, over which keys."""

from __future__ import annotations

import pytest

from sync.jobs.plan.base import chunk_size, key_ranges, slices


class Table:
    """A side with so many records, whose keys are their numbers."""

    def __init__(self, records: int) -> None:
        self.records = records

    def ranges(self, _table: str, _filter: object, *, size: int) -> list[tuple[str, int]]:
        return [
            (f"{min(n + size, self.records):09}", min(size, self.records - n)) for n in range(0, self.records, size)
        ]


@pytest.mark.parametrize(
    ("records", "chunks", "largest"),
    [(0, 0, 0), (1, 1, 1), (250, 1, 250), (20_000, 20, 1000), (100_000, 20, 5000), (1_000_000, 200, 5000)],
)
def test_small_jobs_show_progress_and_large_ones_have_large_chunks(records: int, chunks: int, largest: int) -> None:
    found = key_ranges(Table(records), "any", None)  # type: ignore[arg-type]

    assert len(found) == chunks
    assert sum(n for *_keys, n in found) == records
    assert max((n for *_keys, n in found), default=0) == largest


def test_ranges_follow_each_other_without_a_gap() -> None:
    found = key_ranges(Table(3_333), "any", None)  # type: ignore[arg-type]

    assert [low for low, _high, _n in found] == [None, *(high for _low, high, _n in found[:-1])]
    assert found[-1][1] == "000003333"


def test_a_list_is_cut_into_chunks_of_the_same_size() -> None:
    keys = [str(i) for i in range(30_000)]

    parts = list(slices(keys))

    assert [key for part in parts for key in part] == keys
    assert {len(part) for part in parts} == {chunk_size(30_000)} == {1500}
