"""Telling of jobs that failed: whom (`failures`), over which address (`address`, `webhook`), until it is taken (`outbox`)."""
