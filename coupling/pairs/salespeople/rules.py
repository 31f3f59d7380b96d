"""Business rules of SALESPEOPLE: codes of new salespeople, team membership of coupled users."""

from __future__ import annotations

import re

from coupling.plan import Direction, HookBatch
from coupling.rules import PairHooks
from records import db
from records.schema import model_of, schema

PREFIX = "SP NO. "
_WIDTH = 5
_NUMBER = re.compile(r"SP NO\. (\d+)")
_LOCK = 7_350_001


class SalespeopleHooks(PairHooks):
    """New salespeople are numbered `SP NO. 00001` and on; their users join the company's owner team."""

    detail = ("internalemailaddress", "title")
    goes_with_erp = True

    def prepare(self, batch: HookBatch) -> None:
        """Give codes to new salespeople: one query, under a lock until the end of the transaction."""
        fresh = [item for item in batch.live if item.is_new and batch.direction is Direction.FROM_CRM]
        if not fresh:
            return
        last = last_number()
        for number, item in enumerate(fresh, last + 1):
            item.values["code"] = f"{PREFIX}{number:0{_WIDTH}d}"

    def after_write(self, batch: HookBatch) -> None:
        """Users of new salespeople become members of the owner team of the company."""
        team = batch.plan.context["owner_team"]
        users = [item.crm_id for item in batch.items if item.is_new and item.crm_id]
        if team and users:
            join_team(team, users)


def last_number() -> int:
    """The highest number given so far; others wait until this transaction ends."""
    db.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
    table = schema("erp.SalespersonPurchaser")
    codes = db.rows(f'SELECT code FROM "{table.table}" WHERE code LIKE %s', [f"{PREFIX}%"])
    found = [_NUMBER.fullmatch(code) for (code,) in codes]
    return max((int(match[1]) for match in found if match), default=0)


def join_team(team: str, users: list[str]) -> None:
    """Add users to a team; those who belong to it already stay."""
    model_of("crm.Team").objects.get(pk=team).members.add(*users)


HOOKS = SalespeopleHooks()
