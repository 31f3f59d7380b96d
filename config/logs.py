"""Logs: one JSON object a line on standard error. `script/server` writes them to `log/` of the data folder and rotates.

Only warnings reach a terminal that runs `manage.py` (no `TANDEM_PROCESS` in the environment).
"""

from __future__ import annotations

import logging.config
import os
from typing import Any

import structlog

SHARED: list[Any] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    structlog.processors.StackInfoRenderer(),
    structlog.processors.format_exc_info,
]


def logging_settings(level: str) -> dict[str, Any]:
    """Return the configuration of the standard library's logging, for `settings.LOGGING`."""
    is_service = bool(os.environ.get("TANDEM_PROCESS"))
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "json": {
                "()": structlog.stdlib.ProcessorFormatter,
                "processors": [
                    structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                    structlog.processors.JSONRenderer(),
                ],
                "foreign_pre_chain": SHARED,
            },
        },
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "json"}},
        "root": {"handlers": ["stderr"], "level": level if is_service else "WARNING"},
        "loggers": {"django.request": {"level": "ERROR"}, "waitress.queue": {"level": "ERROR"}},
    }


def configure(settings: dict[str, Any]) -> None:
    """Configure logging and structlog (Django calls it with `settings.LOGGING`)."""
    logging.config.dictConfig(settings)
    structlog.configure(
        processors=[*SHARED, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
