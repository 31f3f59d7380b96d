"""Territory: where a salesperson works."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from erp.models.base import ErpTable
from records.fields import Code, Text


class Territory(ErpTable):
    """A sales territory."""

    code = Code(10, caption=_("Code"), required=True, unique=True)
    name = Text(50, caption=_("Name"))

    class Record:
        """Declaration of the table."""

        label = _("Territory")
        plural = _("Territories")
        natural_key = "code"
        title = ("code", "name")
        search = ("code", "name")
        sort = ("code",)
        path = "territories"
