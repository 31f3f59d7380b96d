"""A chunk that has cost two workers their life is worked off record by record, in a process that may die of it.

parts.py     the spec of one record of a chunk, and of what is left behind it
parent.py    the worker: names one record after the other, waits for each no longer than allowed, reports the culprit
helper.py    the process beside it, as the worker sees it
child.py     what that process does: each record in a transaction of its own, with little memory
"""
