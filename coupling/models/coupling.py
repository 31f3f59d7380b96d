"""Couplings: which ERP record belongs to which CRM record, and what both were when they last agreed."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from coupling.models.base import CouplingTable, Json
from records.fields import Bool, Choice, Code, DateTime, Guid

RESULTS = {"": "", "success": _("Success"), "failure": _("Failure")}


class Coupling(CouplingTable):
    """One pair of records under one mapping (`pair` is its name).

    `erp_version`, `crm_version`: row versions at the last sync. `base`: the mapped values then, in the order of the
    lines of version `base_version`; a scalar where both sides hold the same canonical value, else `[erp, crm]`.
    `error_to_crm`, `error_from_crm`: the last error of that direction as {"code", "params"}, null after a success.
    `skipped` couplings are left alone; `broken` ones have lost one of their records.
    """

    pair = Code(20, caption=_("Mapping"), readonly=True)
    erp_id = Guid(null=False, caption=_("ERP Record"), readonly=True)
    crm_id = Guid(null=False, caption=_("CRM Record"), readonly=True)
    erp_version = models.BigIntegerField(default=0, db_default=0, editable=False)
    crm_version = models.BigIntegerField(default=0, db_default=0, editable=False)
    base = Json(null=True)
    base_version = models.IntegerField(default=0, db_default=0, editable=False)
    last_synced_at = DateTime(caption=_("Last Synchronized"), readonly=True)
    last_result_to_crm = Choice(RESULTS, db_default="", caption=_("Last Result to CRM"), readonly=True)
    last_result_from_crm = Choice(RESULTS, db_default="", caption=_("Last Result from CRM"), readonly=True)
    last_job_to_crm = Guid(internal=True)
    last_job_from_crm = Guid(internal=True)
    skipped = Bool(db_default=False, caption=_("Skipped"), readonly=True)
    skipped_at = DateTime(caption=_("Skipped at"), readonly=True)
    error_to_crm = Json(null=True)
    error_from_crm = Json(null=True)
    broken = Bool(db_default=False, caption=_("Broken"), readonly=True)
    created_at = DateTime(null=False, db_default=Now(), editable=False, caption=_("Created At"), readonly=True)

    SYSTEM: ClassVar[tuple[str, ...]] = ("erp_version", "crm_version", "base_version", "created_at")

    class Meta:
        verbose_name = _("Coupling")
        verbose_name_plural = _("Couplings")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["erp_id", "pair"], name="coupling_erp_once_per_pair"),
            models.UniqueConstraint(fields=["crm_id", "pair"], name="coupling_crm_once_per_pair"),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["pair"], name="coupling_skipped", condition=models.Q(skipped=True)),
            models.Index(fields=["pair"], name="coupling_broken", condition=models.Q(broken=True)),
            models.Index(
                fields=["pair"],
                name="coupling_in_trouble",  # what the work-list shows
                condition=models.Q(skipped=True)
                | models.Q(broken=True)
                | models.Q(error_to_crm__isnull=False)
                | models.Q(error_from_crm__isnull=False),
            ),
        ]

    class Record:
        label = _("Coupling")
        plural = _("Couplings")
        natural_key = None
        title = ("pair",)
        sort = ("-id",)
        path = "couplings"

    def __str__(self) -> str:
        return f"{self.pair} {self.erp_id} {self.crm_id}"
