"""Users, permission sets, settings, saved views, tokens and audit."""
