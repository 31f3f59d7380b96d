"""Option mappings: codes of an ERP table kept in step with the values of a CRM option set, one chunk at a time.

`entries` reads what is there, `to_crm` and `from_crm` decide and write (`codes` and `renames` help them), `store`
remembers, `missing` adds codes for options that other mappings come across. `sync.walk` says which records a run walks.
"""

from sync.options.missing import append_missing
from sync.options.run import run_options

__all__ = ["append_missing", "run_options"]
