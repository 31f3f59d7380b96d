"""Every decision about a pair, as a case table over plain data."""

from __future__ import annotations

from typing import Any

import pytest

from coupling.plan import DeletionConflict, Direction, UpdateConflict
from sync.engine.decide import decide, triage
from sync.engine.types import FROM, TO, Action, Decision, Mode, Pair, Request
from tests.unit.engine.cast import coupled, forced, plan, request


def decided(pair: Pair, ask: Request | None = None, **mapping: Any) -> Decision:
    ask = ask or request()
    early = triage(plan(**mapping), pair, ask)
    return early or decide(plan(**mapping), [pair], ask)[0]


def seen(decision: Decision) -> dict[Direction, tuple[str, dict[str, Any]]]:
    return {d: (s.action.value, s.values) for d, s in decision.steps.items() if s.action is not Action.UNCHANGED}


def test_a_pair_whose_versions_are_known_is_unchanged():
    decision = decided(coupled())
    assert {s.action for s in decision.steps.values()} == {Action.UNCHANGED}


def test_an_echo_with_equal_values_is_unchanged_and_moves_the_version():
    decision = decided(coupled(erp={}))
    assert seen(decision) == {}
    assert decision.close_erp
    assert decision.close_crm


def test_an_erp_edit_flows_to_crm():
    decision = decided(coupled(erp={"phone": "2"}))
    assert seen(decision) == {TO: ("modify", {"telephone1": "2"})}
    assert decision.steps[TO].reason == "changed"


def test_a_crm_edit_flows_to_erp():
    assert seen(decided(coupled(crm={"telephone1": "2"}))) == {FROM: ("modify", {"phone": "2"})}


def test_a_crm_edit_of_a_one_way_field_stays():
    assert seen(decided(coupled(crm={"creditlimit": 9}))) == {}


def test_one_way_fields_flow_their_way_when_both_rows_changed():
    decision = decided(coupled(erp={"credit": 5}, crm={"description": "x"}))
    assert seen(decision) == {TO: ("modify", {"creditlimit": 5}), FROM: ("modify", {"remark": "x"})}
    assert decision.close_erp
    assert decision.close_crm


def test_equal_edits_on_both_sides_are_no_conflict():
    assert seen(decided(coupled(erp={"phone": "2"}, crm={"telephone1": "2"}))) == {}


@pytest.mark.parametrize(
    ("strategy", "expected"),
    [
        (UpdateConflict.NONE, {TO: ("fail", {}), FROM: ("fail", {})}),
        (UpdateConflict.SEND, {TO: ("modify", {"telephone1": "2"}), FROM: ("skip", {})}),
        (UpdateConflict.GET, {FROM: ("modify", {"phone": "3"}), TO: ("skip", {})}),
        (UpdateConflict.MERGE, {TO: ("fail", {}), FROM: ("fail", {})}),
    ],
)
def test_a_clash_on_one_field(strategy, expected):
    assert seen(decided(coupled(erp={"phone": "2"}, crm={"telephone1": "3"}), update_conflict=strategy)) == expected


@pytest.mark.parametrize(
    ("strategy", "expected"),
    [
        (UpdateConflict.NONE, {TO: ("fail", {}), FROM: ("fail", {})}),
        (UpdateConflict.SEND, {TO: ("modify", {"telephone1": "2", "address1_city": "Oslo"}), FROM: ("skip", {})}),
        (UpdateConflict.GET, {FROM: ("modify", {"phone": "1", "city": "Bergen"}), TO: ("skip", {})}),
        (UpdateConflict.MERGE, {TO: ("modify", {"telephone1": "2"}), FROM: ("modify", {"city": "Bergen"})}),
    ],
)
def test_edits_of_different_fields(strategy, expected):
    decision = decided(coupled(erp={"phone": "2"}, crm={"address1_city": "Bergen"}), update_conflict=strategy)
    assert seen(decision) == expected


def test_a_merge_without_base_is_a_conflict():
    pair = coupled(erp={"phone": "2"}, crm={"telephone1": "3"}, base=None)
    assert decided(pair, update_conflict=UpdateConflict.MERGE).problem.code == "update_conflict"


def test_a_limited_run_carries_and_closes_one_direction_only():
    decision = decided(
        coupled(erp={"phone": "2"}, crm={"address1_city": "Bergen"}), request(TO), update_conflict=UpdateConflict.MERGE
    )
    assert seen(decision) == {TO: ("modify", {"telephone1": "2"})}
    assert decision.close_erp
    assert not decision.close_crm


def test_a_limited_run_without_strategy_fails_on_a_conflict():
    assert seen(decided(coupled(erp={"phone": "2"}, crm={"telephone1": "3"}), request(TO))) == {TO: ("fail", {})}


def test_a_limited_run_leaves_the_other_sides_edit():
    decision = decided(coupled(crm={"telephone1": "3"}), request(TO))
    assert seen(decision) == {}
    assert not decision.close_crm


def test_a_forced_side_wins():
    decision = decided(coupled(erp={"phone": "2"}, crm={"telephone1": "3"}), forced(TO))
    assert seen(decision) == {TO: ("modify", {"telephone1": "2"})}
    assert decision.steps[TO].reason == "forced"
    assert decision.close_crm


def test_a_selection_leaves_out_a_changed_destination_unless_its_version_was_seen():
    pair = coupled(erp={"phone": "2"}, crm={"telephone1": "3"})
    assert seen(decided(pair, forced(TO, guard_destination=True))) == {TO: ("skip", {})}
    assert TO in seen(decided(pair, forced(TO, guard_destination=True, expected={"c": 2})))
    assert seen(decided(pair, forced(TO, guard_destination=True, expected={"c": 2})))[TO][0] == "modify"
    assert seen(decided(pair, forced(TO, guard_destination=True, expected={"c": 1})))[TO][0] == "skip"


def test_a_users_merge_merges_whatever_the_strategy():
    ask = request(TO, FROM, mode=Mode.FORCED, named=True)
    decision = decided(coupled(erp={"phone": "2"}, crm={"address1_city": "Bergen"}), ask)
    assert seen(decision) == {TO: ("modify", {"telephone1": "2"}), FROM: ("modify", {"city": "Bergen"})}


def test_choices_decide_field_by_field():
    ask = request(TO, FROM, mode=Mode.FORCED, named=True, choices={"phone": "erp", "city": "crm"})
    pair = coupled(erp={"phone": "2", "city": "A"}, crm={"telephone1": "3", "address1_city": "B"})
    assert seen(decided(pair, ask)) == {TO: ("modify", {"telephone1": "2"}), FROM: ("modify", {"city": "B"})}


def test_a_clash_without_a_choice_stays_a_conflict():
    ask = request(TO, FROM, mode=Mode.FORCED, named=True, choices={"phone": "erp"})
    pair = coupled(erp={"phone": "2", "city": "A"}, crm={"telephone1": "3", "address1_city": "B"})
    assert decided(pair, ask).problem.params == {"fields": ["city"]}


def test_a_name_of_a_country_is_no_change_and_is_not_overwritten():
    assert seen(decided(coupled(crm={"address1_country": "Germany"}))) == {}


def test_a_cut_text_is_no_change_and_is_not_written_back():
    assert seen(decided(coupled(erp={"name": "A long nam"}, crm={"name": "A long name, Ltd."}))) == {}


def test_a_text_that_is_too_long_fails_with_its_field():
    problem = decided(coupled(erp={"name": "x" * 21})).problem
    assert (problem.code, problem.field, dict(problem.params)) == ("too_long", "name", {"length": 21, "max": 20})


def test_an_unknown_value_fails_the_record():
    assert decided(coupled(crm={"address1_country": "Atlantis"})).problem.code == "dependency_not_coupled"


def test_a_lookup_that_may_clear_clears():
    assert decided(coupled(erp={"primary": "p"})).problem is None


def test_a_constant_for_new_records_leaves_others_alone():
    assert seen(decided(coupled(erp={}, crm={"customertypecode": 8}))) == {}


def test_a_skipped_coupling_moves_nothing_and_keeps_its_pending_rows():
    decision = decided(coupled(erp={"phone": "2"}, skipped=True))
    assert {s.action for s in decision.steps.values()} == {Action.SKIP}
    assert decision.keep


@pytest.mark.parametrize(
    ("strategy", "action", "removed"),
    [
        (DeletionConflict.NONE, Action.FAIL, False),
        (DeletionConflict.RESTORE, Action.INSERT, False),
        (DeletionConflict.REMOVE_COUPLING, Action.UNCOUPLE, True),
    ],
)
@pytest.mark.parametrize("survivor", [TO, FROM])
def test_a_deletion_counts_where_the_survivor_starts(strategy, action, removed, survivor):
    pair = coupled()
    if survivor is TO:
        pair.crm = None
    else:
        pair.erp = None
    decision = decided(pair, deletion_conflict=strategy)
    assert {d: s.action for d, s in decision.steps.items()} == {survivor: action}
    assert decision.remove_link is removed


def test_a_deleted_source_of_a_one_way_mapping_is_told():
    pair = coupled()
    pair.erp = None
    decision = decided(pair, request(TO), direction=TO)
    assert decision.steps[TO].reason == "source_deleted"


def test_a_coupling_without_records_goes():
    pair = coupled()
    pair.erp = pair.crm = None
    assert decided(pair).remove_link


def test_an_uncoupled_record_is_ignored_under_only_coupled():
    pair = coupled()
    pair.link = pair.crm = None
    assert decided(pair).steps == {}
    assert triage(plan(only_coupled=False), pair, request()) is None
    assert triage(plan(), pair, request(create=True)) is None


def test_a_named_uncoupled_record_says_why_nothing_happens():
    pair = coupled()
    pair.link = pair.crm = None
    assert decided(pair, forced(TO)).steps[TO].reason == "not_coupled"


def test_a_record_outside_its_filter_does_not_flow():
    pair = coupled(erp={"phone": "2"})
    pair.erp_inside = False
    assert seen(decided(pair)) == {}
    assert decided(pair, forced(TO)).steps[TO].reason == "outside_filter"


def test_an_inactive_account_outside_the_filter_is_not_written():
    pair = coupled(erp={"phone": "2"}, crm={"statecode": 1})
    pair.crm_inside = False
    assert seen(decided(pair)) == {TO: ("skip", {})}


def test_an_unconditional_run_compares_values_whatever_the_versions():
    pair = coupled()
    pair.crm.values["telephone1"] = "drifted"
    assert seen(decided(pair, request(TO, mode=Mode.UNCONDITIONAL))) == {TO: ("modify", {"telephone1": "1"})}


def test_a_woken_pair_is_compared_although_its_versions_are_known():
    pair = coupled()
    pair.crm.values["telephone1"] = "drifted"
    pair.wake = True
    assert seen(decided(pair)) == {TO: ("modify", {"telephone1": "1"})}
