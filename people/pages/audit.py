"""The audit log, for administrators."""

from __future__ import annotations

from collections.abc import Sequence

from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy as _

from pages import Help, Page, register


@register
class AuditPage(Page):
    """Who changed users, connection, mappings and couplings; nothing here can be changed."""

    name = "people.audit.list"
    path = "audit-log/"
    title = _("Audit Log")
    right = "setup"
    edit_right = "setup"
    menu = ("setup", 95)
    icon = "history"
    keywords = _("audit, change log, who changed, history")
    help = Help(_("Every change of users, connection, mappings and couplings, with the values before and after."))

    def urls(self) -> Sequence[URLPattern]:
        """The list."""
        from people.views import audit

        return [path(self.path, audit.AuditListView.as_view(page=self), name=self.name)]
