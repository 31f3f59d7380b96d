"""Every reason of the log has a sentence; every one that keeps a record back says what to do."""

from __future__ import annotations

import pytest

from records import messages
from sync.catalogue import NEXT_STEPS, next_step

REASONS = [
    "changed",
    "created",
    "forced",
    "merged",
    "not_coupled",
    "only_coupled",
    "outside_filter",
    "skipped_coupling",
    "update_conflict",
    "destination_deleted",
    "source_deleted",
    "dependency_not_coupled",
    "dependency_failed",
    "direction_not_allowed",
    "blocked_or_inactive",
    "already_coupled",
    "ambiguous_match",
    "no_match",
    "no_criteria",
    "too_long",
    "truncated",
    "invalid_value",
    "not_null",
    "unknown_option",
    "transformation_failed",
    "template_missing",
    "rule",
    "unique_violation",
    "locked",
    "version_conflict",
    "unavailable",
    "permission_denied",
    "mapping_changed",
    "internal_error",
]
DONE = {"changed", "created", "forced", "merged"}


@pytest.mark.parametrize("code", REASONS)
def test_a_reason_has_a_sentence_and_a_next_step(code: str) -> None:
    assert code in messages.codes()
    assert messages.text(code) != code
    assert bool(next_step(code)) is (code not in DONE)


def test_next_steps_are_for_codes_that_exist() -> None:
    assert set(NEXT_STEPS) <= messages.codes()
