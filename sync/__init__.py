"""Jobs, the engine, schedules and the error work-list."""
