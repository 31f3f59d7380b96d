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
    ("api/v1/me/", "", ""),
    ("api/v1/users/*", "setup", "setup"),
    ("api/v1/schema/", "", ""),
    ("api/v1/docs/", "", ""),
    # Connection, mappings and what belongs to them
    ("api/v1/connection/*", "setup", "setup"),
    ("api/v1/mappings/reset/", "setup", "setup"),
    ("api/v1/mappings/*/run/", "view", "use"),
    ("api/v1/mappings/*/match/", "view", "use"),
    ("api/v1/mappings/*/uncouple/", "view", "use"),
    ("api/v1/mappings/*", "view", "setup"),
    ("api/v1/transformation-rules/*", "view", "setup"),
    # an option mapping takes the place of a coupling
    ("api/v1/option-mappings/*", "view", "use"),
    ("api/v1/templates/*", "view", "setup"),
    ("api/v1/schedules/*", "view", "setup"),
    ("api/v1/full-sync/*", "view", "setup"),
    ("api/v1/jobs/delete-entries/", "setup", "setup"),
    # The Sales organization
    ("api/v1/crm/systemusers/*", "view", "setup"),
    ("api/v1/crm/teams/*", "view", "setup"),
    ("api/v1/crm/businessunits/*", "view", "setup"),
    ("api/v1/crm/bcbi_companies/*", "view", "setup"),
    ("api/v1/crm/optionvalues/*", "view", "setup"),
    # Everything else in the API
    ("api/v1/*", "view", "use"),
]
