"""The connection to the Sales side: one row, made with the tables."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar
from uuid import UUID

from django.db import models
from django.utils.translation import gettext_lazy as _

from coupling.models.base import CouplingTable, Json
from records import messages
from records.fields import Bool, Choice, Memo, Text

if TYPE_CHECKING:
    from records.batch import Batch

#: The primary key of the only row.
CONNECTION_ID = UUID("00000000-0000-7000-8000-000000000001")

KINDS = {"dataverse": _("Dataverse"), "sales": _("Dynamics 365 Sales")}
OWNERSHIP_MODELS = {"team": _("Team"), "person": _("Person")}


class Connection(CouplingTable):
    """Address, integration user and ownership model. `secret_cipher` never leaves the server.

    `disabled_code` and `disabled_params` say why the system switched it off; blank when a user did.
    """

    kind = Choice(KINDS, default="sales", caption=_("Connection Type"))
    address = Text(250, caption=_("Environment Address"))
    user_name = Text(250, caption=_("Integration User"))
    secret_cipher = Memo(internal=True)
    enabled = Bool(caption=_("Enabled"), readonly=True)
    disabled_code = Text(50, internal=True)
    disabled_params = Json(default=dict)
    ownership_model = Choice(OWNERSHIP_MODELS, default="team", caption=_("Ownership Model"))
    erp_product_name = Text(50, caption=_("ERP Product Name"))
    crm_product_name = Text(50, caption=_("CRM Product Name"))

    SYSTEM: ClassVar[tuple[str, ...]] = ()

    class Meta:
        verbose_name = _("Connection")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=models.Q(id=CONNECTION_ID), name="coupling_one_connection")
        ]

    class Record:
        label = _("Connection")
        plural = _("Connections")
        natural_key = None
        title = ("connection_type",)
        path = "connection"

    @classmethod
    def before_write(cls, batch: Batch) -> None:
        """An enabled connection keeps what it works with; see `coupling.connection_rules`."""
        from coupling import connection_rules

        connection_rules.before(batch)

    @classmethod
    def after_write(cls, batch: Batch) -> None:
        """Audit, product names, mappings of the ownership model."""
        from coupling import connection_rules

        connection_rules.after(batch)

    def __str__(self) -> str:
        return self.address

    @classmethod
    def load(cls) -> Connection:
        """The only row, or its defaults where nothing was stored yet."""
        return cls.objects.filter(pk=CONNECTION_ID).first() or cls(pk=CONNECTION_ID)

    @property
    def has_secret(self) -> bool:
        """True where a secret is stored."""
        return bool(self.secret_cipher)

    @property
    def disabled_reason(self) -> str:
        """Why the system switched the connection off, in the active language; blank when it did not."""
        return messages.text(self.disabled_code, self.disabled_params) if self.disabled_code else ""
