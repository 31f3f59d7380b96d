"""A reference of what a synchronization does: two dictionaries of records, couplings between them, and plain rules.

It knows neither versions nor change log nor chunks. A record remembers only whether somebody changed it since its pair
was last in step (`changed`), and whether a run still has to look at it (`waits`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

#: field of the reference -> the direction in which it flows.
FIELDS = {"phone": "both", "line": "both", "county": "from", "credit": "to"}
BOTH = [name for name, way in FIELDS.items() if way == "both"]
SIDE = {"to": "erp", "from": "crm"}
OTHER = {"to": "from", "from": "to", "erp": "crm", "crm": "erp"}
BLANK: dict[str, None] = dict.fromkeys(FIELDS)

Values = dict[str, Any]


@dataclass
class Row:
    """One record of one side. A deleted one stays, without being `there`."""

    side: str
    values: Values
    changed: bool = True
    waits: bool = True
    there: bool = True


@dataclass
class Pair:
    """A coupling: the values of both sides when they were last in step, and what is known to be wrong."""

    erp: str
    crm: str
    base: dict[str, tuple[Any, Any]] = field(default_factory=dict)
    skipped: bool = False
    error: dict[str, str] = field(default_factory=dict)

    def key(self, side: str) -> str:
        return self.erp if side == "erp" else self.crm


@dataclass
class Reference:
    """Both sides, their couplings, and the settings of the mapping."""

    rows: dict[str, Row] = field(default_factory=dict)
    pairs: list[Pair] = field(default_factory=list)
    update: str = "none"
    deletion: str = "none"
    only_coupled: bool = True
    closed: dict[str, str] = field(default_factory=dict)  # side -> value of `line` that its filter keeps out
    stamped: set[str] = field(default_factory=set)  # accounts that bear the company's mark
    handled: list[Pair] = field(default_factory=list)  # a run decides about each pair once
    unmarked: list[str] = field(default_factory=list)  # accounts that have just lost the mark
    partner_of: Callable[[str, str], str] = lambda side, key: f"{side} of {key}"  # how the product named a new record

    # What users do

    def pair_of(self, key: str) -> Pair | None:
        return next((p for p in self.pairs if key in (p.erp, p.crm)), None)

    def edit(self, key: str, values: Values) -> None:
        row = self.rows[key]
        if any(row.values[name] != value for name, value in values.items()):
            row.values.update(values)
            row.changed = row.waits = True

    def delete(self, key: str) -> None:
        self.rows[key].there, self.rows[key].waits = False, True

    def couple(self, erp: str, crm: str) -> None:
        self.pairs.append(Pair(erp, crm))
        for key in (erp, crm):
            self.rows[key].changed = self.rows[key].waits = True

    def uncouple(self, key: str) -> None:
        pair = self.pair_of(key)
        assert pair is not None
        self._part(pair)
        self._hear()

    def _part(self, pair: Pair) -> None:
        """The coupling goes. An account that bears the company's mark loses it, which is a change of it.

        Where a run does that, the next run comes to know of it.
        """
        self.pairs.remove(pair)
        if pair.crm in self.stamped:
            self.unmarked.append(pair.crm)

    # Runs

    def run(self, ways: set[str], *, everything: bool = False, by_value: bool = False, create: bool = False) -> None:
        """A run over the mapping; `everything`: full, else what waits. The ERP side goes first."""
        self.handled = []
        for way in ("to", "from"):
            side = SIDE[way]
            for key in [k for k, r in self.rows.items() if r.side == side and self._taken(r, way in ways, everything)]:
                self._look(key, ways, by_value, create)
        for key in [k for k, r in self.rows.items() if everything and r.waits and not r.there]:
            self._look(key, ways, False, create)
        self._hear()

    def _hear(self) -> None:
        """Accounts that have lost the mark wait from now on."""
        for key in self.unmarked:
            self.rows[key].waits = True
        self.unmarked = []

    def _taken(self, row: Row, is_source: bool, everything: bool) -> bool:
        if everything:
            return is_source and row.there and self.inside(row)
        return row.waits and (is_source or not row.there)

    def one(self, key: str, way: str) -> None:
        """Synchronize Now on one record: its side wins; `merge` looks at both."""
        pair = self.pair_of(key)
        assert pair is not None
        ways = {"to", "from"} if way == "merge" else {way}
        if pair.skipped or (way != "merge" and not self.inside(self.rows[pair.key(SIDE[way])])):
            return
        waited = {side: self.rows[pair.key(side)].waits for side in ("erp", "crm")}
        self._take(pair, "erp", ways)
        if any(self.inside(self.rows[pair.key(SIDE[w])]) for w in ways):
            self._in_step(pair, ways, way if way != "merge" else "", by_value=True, merge=way == "merge", waited=waited)

    def inside(self, row: Row) -> bool:
        return self.closed.get(row.side, "") != row.values["line"] or row.side not in self.closed

    def _look(self, key: str, ways: set[str], by_value: bool, create: bool) -> None:
        row, pair = self.rows[key], self.pair_of(key)
        if pair is None:
            row.waits = False
            way = "to" if row.side == "erp" else "from"
            if row.there and way in ways and (create or not self.only_coupled) and self.inside(row):
                self._create(row, key, way)
            return
        if pair.skipped or any(pair is seen for seen in self.handled):
            return
        self.handled.append(pair)
        waited = {side: self.rows[pair.key(side)].waits for side in ("erp", "crm")}
        self._take(pair, row.side, ways)
        if not (self.rows[pair.erp].there and self.rows[pair.crm].there):
            self._deleted(pair, ways, waited)
        elif by_value or self.rows[pair.erp].changed or self.rows[pair.crm].changed:
            self._in_step(pair, ways, "", by_value=by_value, waited=waited)

    def _take(self, pair: Pair, side: str, ways: set[str]) -> None:
        """Nothing waits that a run has looked at; of the other side only where the run goes that way too."""
        self.rows[pair.key(side)].waits = False
        other = OTHER[side]
        if ("to" if other == "erp" else "from") in ways:
            self.rows[pair.key(other)].waits = False

    def _create(self, row: Row, key: str, way: str) -> None:
        other = OTHER[row.side]
        carried = {n: v for n, v in row.values.items() if FIELDS[n] in ("both", way)}
        values = {**BLANK, **carried}
        partner = self.partner_of(other, key)
        self.rows[partner] = Row(other, values, changed=False, waits=False)
        row.changed = False
        pair = self.pair_of(key)
        if pair is None:
            pair = Pair(key, partner) if way == "to" else Pair(partner, key)
            self.pairs.append(pair)
        self.handled.append(pair)
        self._remember(pair)

    def _deleted(self, pair: Pair, ways: set[str], waited: dict[str, bool]) -> None:
        alive = [side for side in ("erp", "crm") if self.rows[pair.key(side)].there]
        way = "to" if alive == ["erp"] else "from"
        if alive and way not in ways:
            self._give_back(pair, waited)
        elif not alive or self.deletion == "remove_coupling":
            self._part(pair)
        elif self.deletion == "restore":
            key = pair.key(SIDE[way])
            source = self.rows[key]
            carried = {n: v for n, v in source.values.items() if FIELDS[n] in ("both", way)}
            other = OTHER[SIDE[way]]
            values = {**BLANK, **carried}
            partner = self.partner_of(other, key)
            self.rows[partner] = Row(other, values, changed=False, waits=False)
            pair.erp, pair.crm = (key, partner) if way == "to" else (partner, key)
            source.changed = False
            self._remember(pair)
        else:
            self._failed(pair, way, "destination_deleted")
            self._give_back(pair, waited)
            self.rows[pair.key(SIDE[way])].waits = True

    def _failed(self, pair: Pair, way: str, error: str) -> None:
        if pair.error.get(way) == error and error != "update_conflict":
            pair.skipped = True
        pair.error[way] = error

    def _give_back(self, pair: Pair, waited: dict[str, bool]) -> None:
        for side, waits in waited.items():
            self.rows[pair.key(side)].waits |= waits

    # One pair

    def _in_step(
        self,
        pair: Pair,
        ways: set[str],
        winner: str,
        *,
        by_value: bool = False,
        merge: bool = False,
        waited: dict[str, bool] | None = None,
    ) -> None:
        erp, crm = self.rows[pair.erp], self.rows[pair.crm]
        differing = [n for n in FIELDS if erp.values[n] != crm.values[n]]
        clash = erp.changed and crm.changed
        open_ = {way for way in ways if self.inside(self.rows[pair.key(SIDE[way])])}
        flows = self._flows(pair, differing, open_, winner, by_value=by_value, merge=merge, ways=ways)
        if flows is None:
            for way in ways:
                self._failed(pair, way, "update_conflict")
                self.rows[pair.key(SIDE[way])].waits = True
            self._give_back(pair, waited or {})
            return
        for way, names in flows.items():
            source, target = (erp, crm) if way == "to" else (crm, erp)
            target.values.update({n: source.values[n] for n in names})
        closed = {}
        for way in ("to", "from"):
            closed[way] = self._closes(pair, way, open_, winner, clash, differing)
        self._close(pair, closed, flows, clash, ways, waited or {})

    def _flows(
        self,
        pair: Pair,
        differing: list[str],
        open_: set[str],
        winner: str,
        *,
        by_value: bool,
        merge: bool,
        ways: set[str],
    ) -> dict[str, list[str]] | None:
        """{way: fields that flow}; None is a conflict."""
        erp, crm = self.rows[pair.erp].changed, self.rows[pair.crm].changed
        one_way = {way: [n for n in differing if FIELDS[n] == way] for way in ("to", "from")}
        both = [n for n in differing if n in BOTH]
        if winner:
            return {winner: one_way[winner] + both} if winner in open_ else {}
        flows = {
            w: list(one_way[w]) for w, go in (("to", erp or by_value), ("from", crm or by_value)) if go and w in open_
        }
        if not both:
            return flows
        if not (erp and crm):
            way = "to" if erp or (not crm and "to" in open_) else "from"
            if way in flows:
                flows[way] += both
            return flows
        if not merge and self.update == "none":
            return None
        if not merge and self.update in ("send", "get"):
            way = "to" if self.update == "send" else "from"
            if way in open_:
                flows.setdefault(way, []).extend(both)
            return flows
        for name in both:
            was = pair.base.get(name)
            mine = was is None or self.rows[pair.erp].values[name] != was[0]
            theirs = was is None or self.rows[pair.crm].values[name] != was[1]
            if mine and theirs:
                return None
            flows.setdefault("from" if theirs else "to", []).append(name)
        return {way: names for way, names in flows.items() if way in open_}

    def _closes(self, pair: Pair, way: str, open_: set[str], winner: str, clash: bool, differing: list[str]) -> bool:
        if not self.rows[pair.key(SIDE[way])].changed or way in open_:
            return True
        loses = clash and self.update == ("get" if way == "to" else "send") and OTHER[way] in open_
        if (winner and winner != way) or loses:
            return not any(FIELDS[n] == way for n in differing)
        return False

    def _close(
        self,
        pair: Pair,
        closed: dict[str, bool],
        flows: dict[str, list[str]],
        clash: bool,
        ways: set[str],
        waited: dict[str, bool],
    ) -> None:
        for way in ways:
            pair.error.pop(way, None)
        for way, is_closed in closed.items():
            row = self.rows[pair.key(SIDE[way])]
            row.changed &= not is_closed
            if not is_closed and self.inside(row):
                row.waits |= waited.get(SIDE[way], False)
        if all(closed.values()):
            self._remember(pair)
        elif clash and pair.base:
            self._remember(pair, {n for names in flows.values() for n in names})

    def _remember(self, pair: Pair, names: set[str] | None = None) -> None:
        erp, crm = self.rows[pair.erp].values, self.rows[pair.crm].values
        pair.base.update({n: (erp[n], crm[n]) for n in FIELDS if names is None or n in names})
