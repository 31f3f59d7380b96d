"""Which right each address needs: read (GET) and write (everything else). The first pattern that fits counts.

A new address without a line here fails the build. "" lets every signed-in user in, None everybody.
"""

from __future__ import annotations

#: pattern of fnmatch over the route, right to read, right to write
RIGHTS: list[tuple[str, str | None, str | None]] = [
    # People
    ("sign-in/", None, None),
    ("sign-out/", "", ""),
    ("language/", None, None),
    ("my-settings/*", "", ""),
    ("users/*", "setup", "setup"),
    ("audit-log/*", "setup", "setup"),
    ("views/*", "view", "view"),
    ("columns/*", "view", "view"),
    ("api/v1/me/", "", ""),
    ("api/v1/users/*", "setup", "setup"),
    ("api/v1/schema/", "", ""),
    ("api/v1/docs/", "", ""),
    # The machinery itself
    ("", "", ""),
    ("tell-me/", "view", "view"),
    ("help/*", "view", "view"),
    ("keyboard-shortcuts/", "view", "view"),
    ("documentation/*", "view", "view"),
    ("notifications/", "view", "view"),
    ("lookup/*", "view", "view"),
    # a workbook of a list; by POST only to name more records than an address can
    ("*/excel/", "view", "view"),
    # Pages: questions before a change ask for the right of the change
    ("connection-setup/*", "setup", "setup"),
    ("coupling/mappings/new/", "setup", "setup"),
    ("coupling/mappings/*delete/", "setup", "setup"),
    ("coupling/mappings/*filter/*", "setup", "setup"),
    ("coupling/mappings/restore/", "setup", "setup"),
    ("coupling/mappings/new-mapping/", "setup", "setup"),
    ("coupling/mappings/import/", "setup", "setup"),
    ("coupling/mappings/reset/", "setup", "setup"),
    ("coupling/mappings/criteria/", "setup", "setup"),
    ("coupling/mappings/*", "view", "setup"),
    ("coupling/templates/new/", "setup", "setup"),
    ("coupling/templates/*delete/", "setup", "setup"),
    ("coupling/templates/*", "view", "setup"),
    ("coupling/transformation-rules/new/", "setup", "setup"),
    ("coupling/transformation-rules/*delete/", "setup", "setup"),
    ("coupling/transformation-rules/*", "view", "setup"),
    ("coupling/filter-editor/", "setup", "setup"),
    ("coupling/set-up/*", "use", "use"),
    ("coupling/assign/", "use", "use"),
    # an action asks for a right of its own; nothing is deleted here
    ("sync/job-notifications/*", "setup", "setup"),
    ("sync/notices/*", "view", "view"),
    ("sync/jobs/*/follow-up/*", "setup", "setup"),
    ("sync/schedules/actions/*", "view", "use"),
    ("sync/schedules/delete/", "use", "use"),
    ("sync/schedules/new/", "setup", "setup"),
    ("sync/schedules/*/delete/", "setup", "setup"),
    ("sync/schedules/*", "view", "setup"),
    ("sync/jobs/delete-entries/", "setup", "setup"),
    ("sync/retention/actions/*", "view", "use"),
    ("sync/retention/delete/", "use", "use"),
    ("sync/retention/new/", "setup", "setup"),
    ("sync/retention/*/delete/", "setup", "setup"),
    ("sync/retention/*", "view", "setup"),
    ("sync/full-sync/comparison-not-needed/", "setup", "setup"),
    ("sync/explain/", "view", "view"),
    ("sync/run-*/", "use", "use"),
    ("sync/import/*", "use", "use"),
    ("sync/now/", "use", "use"),
    ("sync/match/", "use", "use"),
    ("sync/errors/synchronize/", "use", "use"),
    ("erp/contacts/link-*/", "use", "use"),
    # the organization of the Sales side
    ("crm/teams/members/", "setup", "setup"),
    *(
        (f"crm/{table}/{pattern}", read, "setup")
        for table in ("teams", "systemusers", "businessunits", "bcbi_companies", "optionvalues")
        for pattern, read in (("new/", "setup"), ("*delete/", "setup"), ("*", "view"))
    ),
    *(
        (f"api/v1/crm/{table}/*", "view", "setup")
        for table in ("teams", "systemusers", "businessunits", "bcbi_companies", "optionvalues")
    ),
    ("*/new/", "use", "use"),
    ("*/delete/", "use", "use"),
    ("erp/*", "view", "use"),
    ("crm/*", "view", "use"),
    ("coupling/*", "view", "use"),
    ("sync/*", "view", "use"),
    # Connection, mappings and what belongs to them
    ("api/v1/connection/*", "setup", "setup"),
    ("api/v1/full-sync/comparison-not-needed/", "setup", "setup"),
    ("api/v1/mappings/reset/", "setup", "setup"),
    ("api/v1/mappings/import/", "setup", "setup"),
    ("api/v1/mappings/*/versions/*/restore/", "setup", "setup"),
    ("api/v1/mappings/*/fields/*/move/", "setup", "setup"),
    ("api/v1/mappings/*/run/", "view", "use"),
    ("api/v1/mappings/*/match/", "view", "use"),
    ("api/v1/mappings/*/let-in/", "view", "use"),
    ("api/v1/mappings/*/uncouple/", "view", "use"),
    ("api/v1/mappings/*", "view", "setup"),
    ("api/v1/transformation-rules/*", "view", "setup"),
    # an option mapping takes the place of a coupling
    ("api/v1/option-mappings/*", "view", "use"),
    ("api/v1/templates/*", "view", "setup"),
    ("api/v1/schedules/*", "view", "setup"),
    ("api/v1/retention-policies/*", "view", "setup"),
    ("api/v1/jobs/delete-entries/", "setup", "setup"),
    ("api/v1/jobs/*/follow-up/", "view", "setup"),
    ("api/v1/job-notifications/*", "setup", "setup"),
    ("api/v1/job-notices/*", "view", "view"),
    # opening needs no more; creating is checked where it happens
    ("api/v1/crm/*/business-central/", "view", "view"),
    # Everything else in the API
    ("api/v1/*", "view", "use"),
]
