"""What people have today, on the product's own tables: a loop over the ORM, and django-import-export where installed.

Both do less than the product: neither looks for conflicts, keeps the last common value, skips, or notices deletions.
"""

from __future__ import annotations

import importlib.util
import time
from collections.abc import Callable
from typing import Any

from bench import data
from bench.figures import Figures
from bench.jobs import SMALL, run
from bench.workers import Workers

#: The text lines of CUSTOMER: (ERP field, Sales field).
LINES = (
    ("name", "name"), ("contact", "address1_primarycontactname"), ("address", "address1_line1"),
    ("address_2", "address1_line2"), ("post_code", "address1_postalcode"), ("city", "address1_city"),
    ("county", "address1_stateorprovince"), ("e_mail", "emailaddress1"), ("fax_no", "fax"),
    ("home_page", "websiteurl"), ("phone_no", "telephone1"), ("credit_limit_lcy", "creditlimit"),
)  # fmt: skip


def others(figures: Figures) -> None:
    """Add `<who> / product` for the first run and for all changed, at 10,000 records."""
    product = _product()
    for name, first, changed in _rivals():
        data.fill(SMALL)
        times = []
        for phase, word in ((first, ""), (changed, "alla")):
            data.settle()
            if word:
                data.touch(None, word)
            began = time.perf_counter()
            phase()
            times.append((time.perf_counter() - began) * 1000)
        _check()
        figures.other[f"{name} / product, first"] = round(times[0] / product[0], 1)
        figures.other[f"{name} / product, all changed"] = round(times[1] / product[1], 1)


def _rivals() -> list[tuple[str, Callable[[], None], Callable[[], None]]]:
    found: list[tuple[str, Callable[[], None], Callable[[], None]]] = [("loop over the ORM", loop_first, loop_changed)]
    if importlib.util.find_spec("import_export"):
        found.append(("django-import-export bulk", import_export, import_export))
    return found


def _product() -> tuple[float, float]:
    data.fill(SMALL)
    workers = Workers(1)
    try:
        data.settle()
        first = run(workers, "full", create_new=True).seconds * 1000
        data.settle()
        data.touch(None, "alla")
        return first, run(workers, "modified").seconds * 1000
    finally:
        workers.stop()


def _models() -> tuple[Any, Any, Any, Any]:
    from django.apps import apps

    labels = ("erp.Customer", "crm.Account", "coupling.Coupling", "sync.OutcomeRow")
    customer, account, coupling, outcome = (apps.get_model(label) for label in labels)
    return customer, account, coupling, outcome


def _values(customer: Any) -> dict[str, Any]:
    values = {crm: getattr(customer, erp) or None for erp, crm in LINES}
    values["address1_country"] = customer.country_region_code.code if customer.country_region_code_id else None
    return values


def _defaults() -> dict[str, Any]:
    from django.apps import apps

    unit = apps.get_model("crm.BusinessUnit").objects.values_list("pk", flat=True).first()
    team = apps.get_model("crm.Team").objects.filter(isdefault=True).values_list("pk", flat=True).first()
    return {"owningteam_id": team, "owningbusinessunit_id": unit, "customertypecode": 3}


def loop_first() -> None:
    """Each customer by itself: look for its coupling, create account, coupling and log row, commit."""
    from django.db import transaction

    customer_model, account_model, coupling_model, outcome_model = _models()
    defaults = _defaults()
    for customer in customer_model.objects.filter(blocked=0).iterator():
        if coupling_model.objects.filter(pair="CUSTOMER", erp_id=customer.pk).exists():
            continue
        with transaction.atomic():
            account = account_model.objects.create(**_values(customer), **defaults)
            coupling_model.objects.create(
                pair="CUSTOMER", erp_id=customer.pk, crm_id=account.pk, erp_version=1, crm_version=1, base=[]
            )
            _log(outcome_model, customer, account, "insert")


def loop_changed() -> None:
    """Each customer by itself: read coupling and account, compare field by field, save, log, commit."""
    from django.db import transaction

    customer_model, account_model, coupling_model, outcome_model = _models()
    for customer in customer_model.objects.filter(blocked=0).iterator():
        coupling = coupling_model.objects.get(pair="CUSTOMER", erp_id=customer.pk)
        account = account_model.objects.get(pk=coupling.crm_id)
        changed = {name: value for name, value in _values(customer).items() if getattr(account, name) != value}
        if not changed:
            continue
        with transaction.atomic():
            for name, value in changed.items():
                setattr(account, name, value)
            account.save(update_fields=list(changed))
            coupling.save()
            _log(outcome_model, customer, account, "modify")


def _log(outcome_model: Any, customer: Any, account: Any, action: str) -> None:
    from django.utils import timezone

    outcome_model.objects.create(
        job_id="00000000-0000-0000-0000-000000000001", mapping="CUSTOMER", direction="to_crm", erp_id=customer.pk,
        crm_id=account.pk, erp_key=customer.no, crm_name=account.name, action=action, at=timezone.now(),
    )  # fmt: skip


def import_export() -> None:
    """The accounts as an import of a data set in bulk mode, told apart by the customer's number; no coupling, no log."""
    from import_export import resources
    from tablib import Dataset

    customer_model, account_model, _coupling, _outcome = _models()
    fields = ("accountnumber", *(crm for _erp, crm in LINES), *(name.removesuffix("_id") for name in _defaults()))

    meta = {
        "model": account_model, "fields": fields, "import_id_fields": ("accountnumber",), "use_bulk": True,
        "batch_size": 1000, "skip_diff": True, "clean_model_instances": False,
    }  # fmt: skip
    resource_class = type("Accounts", (resources.ModelResource,), {"Meta": type("Meta", (), meta)})
    rows = Dataset(headers=list(fields))
    defaults = list(_defaults().values())
    for customer in customer_model.objects.filter(blocked=0).iterator():
        rows.append([customer.no, *(getattr(customer, erp) or None for erp, _crm in LINES), *defaults])
    result = resource_class().import_data(rows, raise_errors=True)
    if result.has_errors():
        raise RuntimeError("django-import-export refused rows")


def _check() -> None:
    """Both phases have to have arrived, or the times mean nothing."""
    from records import db

    row = db.one("SELECT count(*) FROM crm_account WHERE address1_city = 'Stad alla'")
    if not row or row[0] != SMALL:
        raise RuntimeError(f"{row and row[0]} accounts changed instead of {SMALL}")
