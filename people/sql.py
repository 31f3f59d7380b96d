"""What the database itself guards: the audit log only grows."""

from __future__ import annotations

from django.db import connections

GUARD = """
CREATE OR REPLACE FUNCTION refuse_audit_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION 'the audit log is append-only' USING ERRCODE = 'insufficient_privilege'; END $$;
CREATE OR REPLACE TRIGGER append_only BEFORE UPDATE OR DELETE ON people_auditentry
FOR EACH ROW EXECUTE FUNCTION refuse_audit_change();
"""
TRUNCATE_GUARD = """
CREATE OR REPLACE TRIGGER no_truncate BEFORE TRUNCATE ON people_auditentry
FOR EACH STATEMENT EXECUTE FUNCTION refuse_audit_change();
"""


def install_guards(using: str = "default", **_: object) -> None:
    """Install the triggers; runs after migrations. TRUNCATE stays possible where the test settings allow it."""
    from django.conf import settings

    with connections[using].cursor() as cursor:
        cursor.execute(GUARD)
        if not getattr(settings, "ALLOW_TRUNCATE", False):
            cursor.execute(TRUNCATE_GUARD)
