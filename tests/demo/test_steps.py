"""Steps of the set-up: each once, in order; what fails is tried again at the next start."""

from __future__ import annotations

import pytest

from demo.jobs import UnfinishedJobError
from demo.models import Step
from demo.steps import Task, run

pytestmark = pytest.mark.django_db


class Notes(list):
    """Does nothing but note that it was done; refuses what it is told to refuse."""

    def __init__(self):
        super().__init__()
        self.failing = set()

    def task(self, name, **options):
        return Task(name, name.title(), lambda: self.do(name), **options)

    def do(self, name):
        if name in self.failing:
            raise UnfinishedJobError("broken")
        self.append(name)
        return f"did {name}"


def test_each_step_is_done_once():
    done, told = Notes(), []

    assert run([done.task("one"), done.task("two", is_atomic=False)], told.append)
    assert not run([done.task("one"), done.task("two")], told.append)

    assert done == ["one", "two"]
    assert [line.strip().split(" (")[0] for line in told] == ["1/2 One ...", "did one", "2/2 Two ...", "did two"]


def test_a_job_that_fails_stops_the_steps_and_is_tried_again():
    done, told = Notes(), []
    tasks = [done.task("one"), done.task("two", is_atomic=False), done.task("three")]
    done.failing = {"two"}

    run(tasks, told.append)
    assert (done, told[-1].strip()) == (["one"], "not finished, the next start goes on here: broken")

    done.failing = set()
    run(tasks, told.append)
    assert done == ["one", "two", "three"]


def test_a_step_that_raises_leaves_nothing_behind():
    def half():
        Step.objects.create(name="half done")
        raise KeyError("half")

    with pytest.raises(KeyError, match="half"):
        run([Task("whole", "Whole", half)], lambda _line: None)

    assert not Step.objects.exists()
