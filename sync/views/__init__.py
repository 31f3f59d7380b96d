"""Views that the page machinery does not have: live progress, a job's passes, values before and after."""
