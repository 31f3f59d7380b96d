"""What storms are made of: users who edit both sides and remember what was accepted, runs, and a database that dies."""

from __future__ import annotations

import os
import random
import signal
import threading
import time
from pathlib import Path
from typing import Any

import psycopg2

from config import postmaster
from tests.faults.yard import Yard

#: Who writes what: (table, key, field written). Both fields flow both ways; only one side writes each of them.
WRITERS = (("erp_customer", "system_id", "city"), ("crm_account", "accountid", "telephone1"))


class Writer(threading.Thread):
    """A user who edits random records of one side, each in a transaction of its own, and remembers what was accepted."""

    def __init__(self, yard: Yard, table: str, key: str, field: str, seed: int) -> None:
        super().__init__(daemon=True)
        self.yard, self.table, self.key, self.field = yard, table, key, field
        self.chance = random.Random(seed)
        self.ledger: dict[str, str] = {}
        self.edits = 0
        self.stop = threading.Event()
        with yard.sql() as cursor:
            cursor.execute(f"SELECT {key}::text FROM {table} WHERE name LIKE 'Customer%' ORDER BY name")
            self.keys = [row[0] for row in cursor.fetchall()]

    def run(self) -> None:
        number = 0
        while not self.stop.is_set():
            number += 1
            key, value = self.chance.choice(self.keys), f"{number:08}"  # a phone number has no letters
            try:
                with self.yard.sql() as cursor:
                    cursor.execute(f"UPDATE {self.table} SET {self.field} = %s WHERE {self.key} = %s", [value, key])
            except psycopg2.Error:
                # Whether it was stored is not known: nobody told the user so. What is stored now counts as accepted.
                value = self._ask(key)
            self.ledger[key] = value
            self.edits += 1
            time.sleep(self.chance.uniform(0, 0.01))

    def _ask(self, key: str) -> str:
        """What is stored; a field that nobody has filled is blank on one side and null on the other."""
        while True:
            try:
                return self.yard.one(f"SELECT coalesce({self.field}, '') FROM {self.table} WHERE {self.key} = %s", key)
            except psycopg2.Error:
                time.sleep(0.1)


def settle(yard: Yard) -> dict[str, Any]:
    """Run until nothing of CUSTOMER waits, then everything that there is to check.

    Records that a run found locked wait as well: a killed worker's transaction ends when the server notices.
    """
    for _round in range(10):
        yard.drive("start")
        yard.wait(yard.ended)
        if not yard.one("SELECT count(*) FROM sync_pending WHERE mapping = 'CUSTOMER'"):
            break
    return yard.state()


def lost(yard: Yard, writers: list[Writer]) -> list[Any]:
    """Edits that are not on their own side, or not on the other."""
    found = []
    with yard.sql() as cursor:
        cursor.execute(
            "SELECT c.system_id::text, a.accountid::text, coalesce(c.city, ''), coalesce(a.address1_city, ''), "
            "coalesce(c.phone_no, ''), coalesce(a.telephone1, '') FROM coupling_coupling k "
            "JOIN erp_customer c ON c.system_id = k.erp_id JOIN crm_account a ON a.accountid = k.crm_id"
        )
        rows = cursor.fetchall()
    cities, phones = writers[0].ledger, writers[1].ledger
    for erp, crm, city, crm_city, phone, crm_phone in rows:
        if erp in cities and not city == crm_city == cities[erp]:
            found.append((erp, cities[erp], city, crm_city))
        if crm in phones and not phone == crm_phone == phones[crm]:
            found.append((crm, phones[crm], phone, crm_phone))
    return found


def runs_again_and_again(yard: Yard, stop: threading.Event) -> threading.Thread:
    """Asks for a run every second, as people do."""

    def ask() -> None:
        while not stop.wait(1.0):
            try:
                with yard.sql() as cursor:
                    cursor.execute(
                        "UPDATE sync_schedule SET state = 'ready', next_run_at = now() WHERE mapping = 'CUSTOMER' AND state <> 'in_process'"
                    )
            except psycopg2.Error:
                continue

    thread = threading.Thread(target=ask, daemon=True)
    thread.start()
    return thread


def crash_and_restart(cluster: Any, data: Path) -> None:
    """SIGKILL the server by its number, and start it again."""
    pid = int((cluster.folder / "postmaster.pid").read_text().splitlines()[0])
    os.kill(pid, signal.SIGKILL)
    while not postmaster.answers(cluster):
        try:
            postmaster.start(cluster)
        except Exception:  # noqa: BLE001 - its children may still be ending
            time.sleep(0.5)


def stop_all(writers: list[Writer], stop: threading.Event, asking: threading.Thread) -> None:
    stop.set()
    for writer in writers:
        writer.stop.set()
    for thread in (*writers, asking):
        thread.join()
