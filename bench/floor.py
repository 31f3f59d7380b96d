"""The SQL floor: each phase of a synchronization as one statement on the product's own tables.

The tables keep their constraints, indexes, generated columns and triggers; couplings with base and outcome rows are
written. Values pass as in the default CUSTOMER mapping. The floor gets the changed keys for nothing, has no error
isolation, and looks at no option, owner or contact (the benchmark's customers have none).
"""

from __future__ import annotations

# (ERP expression over c, CRM column, ERP field, CRM field): the lines of CUSTOMER that the data uses
_TEXT = [
    ("name", "name"), ("contact", "address1_primarycontactname"), ("address", "address1_line1"),
    ("address_2", "address1_line2"), ("post_code", "address1_postalcode"), ("city", "address1_city"),
    ("county", "address1_stateorprovince"), ("e_mail", "emailaddress1"), ("fax_no", "fax"),
    ("home_page", "websiteurl"), ("phone_no", "telephone1"),
]  # fmt: skip
LINES = [
    *((f"nullif(c.{erp}, '')", crm, erp) for erp, crm in _TEXT),
    ("r.code", "address1_country", "country_region_code"),
    ("e.pk", "transactioncurrencyid_id", "currency_code"),
    ("c.credit_limit_lcy", "creditlimit", "credit_limit_lcy"),
]
_FACTS = (
    "CROSS JOIN (SELECT transactioncurrencyid pk FROM crm_transactioncurrency WHERE isbasecurrency LIMIT 1) e "
    "CROSS JOIN (SELECT bcbi_companyid pk, bcbi_defaultowningteam_id team FROM crm_company LIMIT 1) o "
    "CROSS JOIN (SELECT businessunitid pk FROM crm_businessunit LIMIT 1) u "
)
_COUNTRY = "LEFT JOIN erp_countryregion r ON r.system_id = c.country_region_code_id "
_BASE = "jsonb_build_array(" + ", ".join(f"jsonb_build_array({erp}, {erp})" for erp, _crm, _f in LINES) + ")"
_NEW = (
    "jsonb_build_object('crm', jsonb_build_object("
    + ", ".join(f"'{crm}', jsonb_build_array(NULL, s.{crm})" for _erp, crm, _f in LINES)
    + "))"
)

FIRST = (
    "WITH s AS MATERIALIZED (SELECT c.system_id, c.row_version, c.no, uuidv7() AS aid, "
    + ", ".join(f"{erp} AS {crm}" for erp, crm, _f in LINES)
    + f", {_BASE} AS base, o.pk AS company, o.team, u.pk AS unit FROM erp_customer c {_COUNTRY}{_FACTS} WHERE c.blocked = 0), "
    "a AS (INSERT INTO crm_account (accountid, customertypecode, bcbi_companyid_id, owningteam_id, owningbusinessunit_id, "
    "statecode, statuscode, exchangerate, preferredcontactmethodcode, creditonhold, donotphone, donotfax, donotemail, "
    "donotpostalmail, modifiedon, createdon, " + ", ".join(crm for _e, crm, _f in LINES) + ") "
    "SELECT s.aid, 3, s.company, s.team, s.unit, 0, 1, 1, 1, false, false, false, false, false, now(), now(), "
    + ", ".join(f"s.{crm}" for _e, crm, _f in LINES)
    + " FROM s), "
    "k AS (INSERT INTO coupling_coupling (pair, erp_id, crm_id, erp_version, crm_version, base, base_version, "
    "last_synced_at, last_result_to_crm, last_job_to_crm) SELECT 'CUSTOMER', s.system_id, s.aid, s.row_version, 1, s.base, 1, now(), "
    "'success', %(job)s FROM s) "
    "INSERT INTO sync_outcomerow (job_id, mapping, direction, erp_id, crm_id, erp_key, crm_name, action, reason, "
    f"changes, at) SELECT %(job)s, 'CUSTOMER', 'to_crm', s.system_id, s.aid, s.no, s.name, 'insert', 'created', {_NEW}, now() FROM s"
)

_DIFFERS = " OR ".join(f"a.{crm} IS DISTINCT FROM {erp}" for erp, crm, _f in LINES)
_CHANGES = (
    "jsonb_strip_nulls(jsonb_build_object("
    + ", ".join(
        f"'{crm}', CASE WHEN old.{crm} IS DISTINCT FROM new.{crm} THEN jsonb_build_array(old.{crm}, new.{crm}) END"
        for _erp, crm, _f in LINES
    )
    + "))"
)


def changed(only: bool) -> str:
    """All rows that differ, or only those whose keys are given as `%(keys)s`."""
    keys = "AND c.system_id = ANY(%(keys)s::uuid[])" if only else ""
    return (
        "WITH w AS (UPDATE crm_account a SET "
        + ", ".join(f"{crm} = {erp}" for erp, crm, _f in LINES)
        + ", modifiedon = now(), row_version = a.row_version + 1 "
        f"FROM coupling_coupling k JOIN erp_customer c ON c.system_id = k.erp_id {_COUNTRY}{_FACTS} "
        f"WHERE k.pair = 'CUSTOMER' AND a.accountid = k.crm_id AND a.row_version = k.crm_version {keys} AND ({_DIFFERS}) "
        f"RETURNING k.id AS kid, c.system_id, a.accountid, c.no, a.name, c.row_version AS ev, a.row_version AS cv, "
        f"{_BASE} AS base, {_CHANGES} AS changes), "
        "o AS (INSERT INTO sync_outcomerow (job_id, mapping, direction, erp_id, crm_id, erp_key, crm_name, action, reason, "
        "changes, at) SELECT %(job)s, 'CUSTOMER', 'to_crm', system_id, accountid, no, name, 'modify', 'changed', "
        "jsonb_build_object('crm', changes), now() FROM w) "
        "UPDATE coupling_coupling k SET erp_version = w.ev, crm_version = w.cv, base = w.base, last_synced_at = now(), "
        "last_result_to_crm = 'success', last_job_to_crm = %(job)s, row_version = k.row_version + 1 FROM w WHERE k.id = w.kid"
    )


COMPARE = (
    f"SELECT count(*) FROM coupling_coupling k JOIN erp_customer c ON c.system_id = k.erp_id {_COUNTRY}{_FACTS} "
    f"JOIN crm_account a ON a.accountid = k.crm_id WHERE k.pair = 'CUSTOMER' AND ({_DIFFERS})"
)
NOTHING = (
    "SELECT count(*) FROM sync_changelog l JOIN erp_customer c ON c.system_id = l.record WHERE l.label = 'erp.Customer'"
)
