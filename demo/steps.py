"""Steps of a long set-up: each one runs once, in one transaction where it can, and tells how long it took."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from django.db import transaction

from demo.jobs import UnfinishedJobError
from demo.models import Step

Tell = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Task:
    """A step: its name in the table of finished ones, what it is called, and what it does.

    `is_atomic=False`: it runs jobs, which have transactions of their own, and may be repeated after a crash.
    """

    name: str
    caption: str
    do: Callable[[], str]
    is_atomic: bool = True


def run(tasks: list[Task], tell: Tell) -> bool:
    """Do the tasks that are not done yet, in order; True when there were any. A job that fails does not stop the start."""
    done = set(Step.objects.values_list("name", flat=True))
    todo = [task for task in tasks if task.name not in done]
    for number, task in enumerate(todo, 1):
        start = time.monotonic()
        tell(f"  {number}/{len(todo)} {task.caption} ...")
        try:
            result = _do(task)
        except UnfinishedJobError as error:
            tell(f"      not finished, the next start goes on here: {error}")
            break
        tell(f"      {result} ({time.monotonic() - start:.1f} s)")
    return bool(todo)


def _do(task: Task) -> str:
    if not task.is_atomic:
        result = task.do()
        Step.objects.create(name=task.name)
        return result
    with transaction.atomic():
        result = task.do()
        Step.objects.create(name=task.name)
    return result
