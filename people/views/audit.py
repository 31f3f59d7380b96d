"""The audit log: newest first, searched by user, action and record."""

from __future__ import annotations

from django.db.models import Q, QuerySet
from django.views.generic import ListView

from people.models import AuditEntry
from people.models.audit import PREFIX
from people.views.frame import Framed
from records.messages import of_prefix
from records.text import fold


class AuditListView(Framed, ListView):
    """Entries of the audit log."""

    http_method_names = ["get", "head", "options"]
    template_name = "people/audit_list.html"
    context_object_name = "entries"
    paginate_by = 100

    def get_queryset(self) -> QuerySet[AuditEntry]:
        """Newest first; the search looks in user, action (as people read it, and its code) and record."""
        search = self.request.GET.get("q", "").replace("\x00", "").strip()
        found = AuditEntry.objects.order_by("-id")
        if not search:
            return found
        said = [code for code, caption in of_prefix(PREFIX).items() if fold(search) in fold(caption)]
        in_action = Q(action__in=said) | Q(action__icontains=search)
        return found.filter(Q(user_name__icontains=search) | in_action | Q(target__icontains=search))
