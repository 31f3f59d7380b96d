"""Configuration templates: what new records get beside, and instead of, the values of the field lines."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from coupling.models.base import CouplingTable
from coupling.models.mapping import IntegrationTableMapping
from records.fields import Choice, Code, Int, Memo, Ref, Text

if TYPE_CHECKING:
    from records.batch import Batch

SIDES = {"erp": _("Table"), "crm": _("Integration Table")}


def table_of(mapping: Any, side: str) -> str:
    """The table whose new records a template of this side fills."""
    return str(mapping.erp_table if side == "erp" else mapping.crm_table)


def source_of(mapping: Any, side: str) -> str:
    """The table that the filter of a template of this side looks at."""
    return str(mapping.crm_table if side == "erp" else mapping.erp_table)


class ConfigTemplate(CouplingTable):
    """Values for the new records of one side of a mapping.

    `filter` looks at the source record, the one on the other side. The first template by `priority` whose filter lets
    the source in is the one that counts; a blank filter lets in everything.
    """

    mapping = Ref(
        IntegrationTableMapping,
        models.CASCADE,
        code="name",
        null=False,
        insert_only=True,
        required=True,
        related_name="templates",
        caption=_("Mapping"),
    )
    side = Choice(SIDES, default="erp", insert_only=True, caption=_("New Records of"))
    name = Code(20, caption=_("Name"), required=True)
    priority = Int(minimum=0, caption=_("Priority"))
    filter = Memo(caption=_("Source Filter"))

    SYSTEM: ClassVar[tuple[str, ...]] = ()

    class Meta:
        verbose_name = _("Configuration Template")
        verbose_name_plural = _("Configuration Templates")
        ordering: ClassVar[list[str]] = ["mapping", "side", "priority", "name"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["mapping", "side", "name"], name="coupling_template_name")
        ]

    class Record:
        label = _("Configuration Template")
        plural = _("Configuration Templates")
        natural_key = None
        title = ("mapping", "name")
        search = ("name",)
        sort = ("name",)
        path = "config-templates"

    @classmethod
    def before_write(cls, batch: Batch) -> None:
        """Validation; see `coupling.template_rules`."""
        from coupling import template_rules

        template_rules.before_templates(batch)

    @classmethod
    def after_write(cls, batch: Batch) -> None:
        """A new version of the mapping."""
        from coupling import template_rules

        template_rules.after_templates(batch)

    def __str__(self) -> str:
        return self.name

    @property
    def table(self) -> str:
        """The table whose new records it fills."""
        return table_of(self.mapping, self.side)

    @property
    def source_table(self) -> str:
        """The table that its filter looks at."""
        return source_of(self.mapping, self.side)


class ConfigTemplateLine(CouplingTable):
    """One value of a template, written as in the API: codes, names of options, `true`, `2026-12-31`."""

    template = Ref(ConfigTemplate, models.CASCADE, code="name", null=False, related_name="lines", caption=_("Template"))
    field = Text(64, caption=_("Field"), required=True)
    value = Text(250, caption=_("Value"))

    SYSTEM: ClassVar[tuple[str, ...]] = ()

    class Meta:
        verbose_name = _("Configuration Template Line")
        verbose_name_plural = _("Configuration Template Lines")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["template", "field"], name="coupling_template_field")
        ]

    class Record:
        label = _("Configuration Template Line")
        plural = _("Configuration Template Lines")
        natural_key = None
        title = ("field",)
        search = ("field",)
        sort = ("field",)
        path = "config-template-lines"

    @classmethod
    def before_write(cls, batch: Batch) -> None:
        """Validation; see `coupling.template_rules`."""
        from coupling import template_rules

        template_rules.before_lines(batch)

    @classmethod
    def after_write(cls, batch: Batch) -> None:
        """A new version of the mapping."""
        from coupling import template_rules

        template_rules.after_lines(batch)

    def __str__(self) -> str:
        return f"{self.field}={self.value}"
