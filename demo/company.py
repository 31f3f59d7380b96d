"""The demo company, step by step."""

from __future__ import annotations

from demo import couplings, crm_side, erp_side, stories
from demo.models import Step
from demo.steps import Task, Tell, run
from erp.models import Customer

TASKS = [
    Task("erp.basics", "Salespeople, currencies, payment terms, post codes", erp_side.basics),
    Task("erp.customers", "Customers and contacts", erp_side.customers),
    Task("crm.users", "Users of the Sales side", crm_side.users),
    Task("crm.prospects", "Accounts and contacts of the Sales side", crm_side.prospects),
    Task("connection", "Connection and mappings", couplings.connect),
    Task("couplings", "Coupling and synchronizing", couplings.couple, is_atomic=False),
    Task("stories", "Differences, a conflict, a skipped coupling", stories.tell_them, is_atomic=False),
]


EMPTY = "empty"


def is_wanted(*, demo_data: bool) -> bool:
    """Whether this installation is the demo company: its first start decides, and data of its own do."""
    steps = set(Step.objects.values_list("name", flat=True))
    if steps:
        return EMPTY not in steps
    if not demo_data:
        Step.objects.create(name=EMPTY)
    return demo_data and not Customer.objects.exists()


def build(tell: Tell) -> None:
    """Make what is missing."""
    if Step.objects.count() < len(TASKS):
        tell("Creating the demo company:")
    run(TASKS, tell)
