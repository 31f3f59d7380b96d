"""Option mappings: which ERP code stands for which value of a CRM option set."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from coupling.models.base import CouplingTable, Json
from coupling.models.coupling import RESULTS
from coupling.models.mapping import IntegrationTableMapping
from records.fields import Bool, Choice, DateTime, Guid, Int, Ref, Text


class OptionMapping(CouplingTable):
    """It takes the place of a coupling where a code table is mapped to an option set. `label`: the option's text.

    `last_result_to_crm`, `error_to_crm`: of the one direction that the mapping has, whichever it is. `appended`: a
    synchronization met an option that no code stood for, and has added the code.
    """

    mapping = Ref(
        IntegrationTableMapping,
        models.CASCADE,
        code="name",
        null=False,
        related_name="options",
        caption=_("Mapping"),
    )
    erp_id = Guid(null=False, caption=_("ERP Record"))
    option_value = Int(caption=_("Option Value"))
    label = Text(250, caption=_("Option Label"))
    erp_version = models.BigIntegerField(default=0, db_default=0, editable=False)
    last_synced_at = DateTime(caption=_("Last Synchronized"), readonly=True)
    last_result_to_crm = Choice(RESULTS, db_default="", caption=_("Last Result"), readonly=True)
    skipped = Bool(db_default=False, caption=_("Skipped"), readonly=True)
    error_to_crm = Json(null=True)
    appended = Bool(db_default=False, caption=_("Added by Synchronization"), readonly=True)

    SYSTEM: ClassVar[tuple[str, ...]] = ("erp_version",)

    class Meta:
        verbose_name = _("Option Mapping")
        verbose_name_plural = _("Option Mappings")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["erp_id", "mapping"], name="coupling_option_once_per_code"),
            models.UniqueConstraint(fields=["option_value", "mapping"], name="coupling_code_once_per_option"),
        ]

    class Record:
        label = _("Option Mapping")
        plural = _("Option Mappings")
        natural_key = None
        title = ("label",)
        search = ("label",)
        sort = ("label",)
        path = "option-mappings"

    def __str__(self) -> str:
        return f"{self.label} ({self.option_value})"
