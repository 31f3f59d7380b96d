"""The work-list *Coupled Data Synchronization Errors*.

view.py      the database view behind it
entries.py   its rows with everything that people need to know of them
actions.py   Retry, Retry All, Synchronize
repair.py    Restore Records, Delete Records
deleted.py   Find for Deleted
"""
