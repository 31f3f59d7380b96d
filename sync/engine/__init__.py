"""The decisions of a synchronization: pure functions over plain data. No Django, no I/O, no clock."""
