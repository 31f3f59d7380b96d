#!/usr/bin/env python
"""Django's command line for Tandem. The embedded database starts on the first query and ends with the command."""

from __future__ import annotations

import os
import sys

from config.cluster import EmbeddedError


def main() -> None:
    """Run a management command; a database that cannot run is a message, not a traceback."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    from django.core.management import execute_from_command_line

    try:
        execute_from_command_line(sys.argv)
    except EmbeddedError as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
