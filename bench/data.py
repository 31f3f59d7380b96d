"""Data of the benchmark: customers made by SQL, past the change log, so that a million takes seconds."""

from __future__ import annotations

from records import db

_BLANK = (
    "name_2", "search_name", "address_2", "county", "mobile_phone_no", "fax_no", "language_code", "vat_registration_no",
    "registration_number", "gln", "gen_bus_posting_group", "vat_bus_posting_group", "customer_posting_group",
    "customer_price_group", "payment_method_code", "location_code",
)  # fmt: skip
_ZERO = ("blocked", "contact_type", "prepayment_pct", "application_method", "partner_type", "shipping_advice")
_FALSE = ("privacy_blocked", "prices_including_vat", "combine_shipments")
_WRITTEN = ("erp_customer", "crm_account", "coupling_coupling", "sync_outcomerow", "sync_pending", "sync_changelog",
            "sync_failure", "sync_chunk", "sync_job")  # fmt: skip


def fill(records: int) -> None:
    """Exactly so many customers, nothing on the other side, empty queues."""
    db.execute("SET session_replication_role = replica")
    for table in _WRITTEN:
        db.execute(f"TRUNCATE {table} CASCADE")
    columns = ", ".join((*_BLANK, *_ZERO, *_FALSE))
    values = ", ".join(["''"] * len(_BLANK) + ["0"] * len(_ZERO) + ["false"] * len(_FALSE))
    db.execute(
        "INSERT INTO erp_customer (no, name, address, city, post_code, phone_no, e_mail, home_page, contact, "
        f"credit_limit_lcy, reserve, country_region_code_id, {columns}) "
        "SELECT 'C' || lpad(i::text, 8, '0'), 'Åkeri nr ' || i || ' AB', 'Storgatan ' || i %% 900, 'Malmö', "
        "(20000 + i %% 9999)::text, '+46 40 ' || i, 'order' || i || '@example.com', 'https://example.com/' || i, "
        f"'Anna Berg', i %% 1000, 1, (SELECT system_id FROM erp_countryregion WHERE code = 'SE'), {values} "
        "FROM generate_series(1, %s) i",
        [records],
    )
    db.execute("SET session_replication_role = origin")


def touch(keys: list[str] | None, word: str) -> None:
    """A user's edit of three fields, with log and versions, of these customers (None: all)."""
    where = "" if keys is None else "WHERE system_id = ANY(%s::uuid[])"
    sql = (
        "UPDATE erp_customer SET phone_no = %s || right(no, 8), city = %s, contact = %s, system_modified_at = now() "
        + where
    )
    db.execute(sql, ["+46 8 ", f"Stad {word}", f"Namn {word}", *([] if keys is None else [keys])])


def sample(every: int) -> list[str]:
    """Keys of every n-th customer."""
    sql = "SELECT system_id FROM (SELECT system_id, row_number() OVER (ORDER BY no) n FROM erp_customer) x WHERE n %% %s = 0"
    return [pk for (pk,) in db.rows(sql, [every])]


def settle() -> None:
    """Statistics and dead rows of the last phase must not weigh on the next one."""
    db.execute("CHECKPOINT")
    for table in (
        "erp_customer",
        "crm_account",
        "coupling_coupling",
        "sync_outcomerow",
        "sync_pending",
        "sync_changelog",
    ):
        db.execute(f"VACUUM (ANALYZE) {table}")


def warm() -> None:
    """Read what the phases read into the memory of the server, where the floor's fresh copy is, too."""
    for table, key in (("erp_customer", "system_id"), ("crm_account", "accountid"), ("coupling_coupling", "erp_id")):
        db.execute(
            "SET enable_seqscan = off; SET max_parallel_workers_per_gather = 0; "
            f"SELECT count(t.row_version) FROM (SELECT * FROM {table} ORDER BY {key} OFFSET 0) t; "
            "RESET enable_seqscan; RESET max_parallel_workers_per_gather"
        )
