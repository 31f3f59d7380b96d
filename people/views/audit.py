"""The audit log: newest first, searched by user, action and record."""

from __future__ import annotations

from django.db.models import Q, QuerySet
from django.views.generic import ListView

from people.models import AuditEntry
from people.views.frame import Framed


class AuditListView(Framed, ListView):
    """Entries of the audit log."""

    http_method_names = ["get", "head", "options"]
    template_name = "people/audit_list.html"
    context_object_name = "entries"
    paginate_by = 100

    def get_queryset(self) -> QuerySet[AuditEntry]:
        """Newest first; the search looks in user, action and record."""
        search = self.request.GET.get("q", "").replace("\x00", "").strip()
        found = AuditEntry.objects.order_by("-id")
        if not search:
            return found
        return found.filter(Q(user_name__icontains=search) | Q(action__icontains=search) | Q(target__icontains=search))
