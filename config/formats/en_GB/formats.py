"""Moments on the clock of 24 hours: 21/11/2026 16:05."""

SHORT_DATETIME_FORMAT = "d/m/Y H:i"
TIME_FORMAT = "H:i"
