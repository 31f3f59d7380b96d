"""One result of a job, with its values before and after."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest
from django.template.response import TemplateResponse

from coupling.products import products
from pages.views.cards import CardView
from sync.models import OutcomeRow
from sync.pages.outcomes import explained


class OutcomeView(CardView):
    """The card of a result."""

    def get(self, request: HttpRequest, pk: UUID | None = None) -> TemplateResponse:
        """Fields, reason, values."""
        row = self.find(pk)
        context = self.context(self.draw(row)) | explained(OutcomeRow.objects.get(pk=row.pk)) | {"products": products()}
        return self.render("sync/outcome.html", context)
