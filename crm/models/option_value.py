"""Option value: the members of extensible option sets, as rows."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from crm import choices
from crm.models.base import CrmTable, key
from crm.rules import options
from records.batch import Batch
from records.fields import Choice, Int, NullText


class OptionValue(CrmTable):
    """One value of one option set. Contacts, orders and invoices share the sets of accounts."""

    id = key(_("Option"))
    entityname = Choice(
        choices.OPTION_ENTITIES,
        max_length=64,
        default=options.ENTITY,
        caption=_("Entity"),
        required=True,
        insert_only=True,
    )
    attributename = Choice(choices.OPTION_SETS, max_length=64, caption=_("Attribute"), required=True, insert_only=True)
    value = Int(null=True, insert_only=True, caption=_("Value"))
    label = NullText(250, caption=_("Label"), required=True)

    class Meta:
        """A value stands once in its set, and so does a label."""

        verbose_name = _("Option Value")
        verbose_name_plural = _("Option Values")
        constraints = [
            models.UniqueConstraint(fields=["entityname", "attributename", "value"], name="crm_optionvalue_value_once"),
            models.UniqueConstraint(
                "entityname",
                "attributename",
                Lower("label"),
                name="crm_optionvalue_label_once",
            ),
        ]

    class Record:
        """Declaration of the table."""

        label = _("Option Value")
        plural = _("Option Values")
        natural_key = None
        title = ("attributename", "label")
        search = ("label", "attributename")
        sort = ("attributename", "value")
        path = "optionvalues"
        rule_fields = frozenset({"entityname", "attributename", "value", "label"})

    @classmethod
    def allocate(cls, batch: Batch) -> None:
        """The next number of the option set."""
        options.number(batch)

    @classmethod
    def before_write(cls, batch: Batch) -> None:
        """Known option sets, each number and label once; a value in use stays."""
        options.check_values(batch)
        options.keep_used(batch)
