"""Moments with minutes always: 11/21/2026 4:05 PM."""

SHORT_DATETIME_FORMAT = "m/d/Y g:i A"
TIME_FORMAT = "g:i A"
