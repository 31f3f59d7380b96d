"""Jobs: submitted, planned into chunks, claimed, worked off, finished.

submit.py    the job row is written in the caller's transaction, the bell rings after its commit
claim.py     a worker takes a chunk: FOR UPDATE SKIP LOCKED, lease, fence
start.py     the first claim starts the job: rights, connection, direction and mapping version are checked again
plan/        what the chunks of each kind are
work.py      the chunk transaction: guard, execute, count
limits.py    a worker whose chunk eats memory or does not come to an end is ended
retry.py     errors of a chunk: transient ones are tried again, others are narrowed down (poison.py)
alone/       a chunk that has ended workers, record by record in a process that may die of it
culprit.py   the record that did it
finish.py    the end of a job: exactly once, with its follow-ups in the same transaction
sweep.py     what any worker does between chunks: routes, due schedules, abandoned work
"""

from sync.jobs.cancel import cancel
from sync.jobs.submit import Request, submit
from sync.jobs.sweep import sweep
from sync.jobs.work import drain, run_one

__all__ = ["Request", "cancel", "drain", "run_one", "submit", "sweep"]
