"""Full Synchronization Review: what is recommended for each mapping, and how far it is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest, HttpResponseBase
from django.urls import URLPattern, path
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from pages import ActionView, Done, Help, Page, register, registry
from sync import full_sync, restored
from sync.pages.common import LINKS
from sync.pages.runs import followed
from sync.services import require
from sync.shown import connected


@register
class FullSyncReview(Page):
    """The review with its live states."""

    name = "sync.full_sync.list"
    path = "sync/full-sync/"
    title = _("Full Synch. Review")
    menu = ("synchronization", 60)
    icon = "arrow_sync"
    keywords = _("full synchronization, first synchronization, recommendation, initial load")
    help = Help(
        _(
            "Before the first synchronization the review recommends for each mapping what to do: copy everything where "
            "only one side has records, couple first where both have. Lines start in the order of their dependencies."
        ),
        LINKS,
    )

    def urls(self) -> Sequence[URLPattern]:
        """The page, and its lines alone."""
        from sync.views import full_sync as views

        return [
            path(self.path, views.ReviewView.as_view(page=self), name=self.name),
            path(f"{self.path}lines/", views.LinesView.as_view(page=self), name=f"{self.name}.lines"),
        ]


def _mappings(request: HttpRequest) -> list[str] | None:
    return request.POST.getlist("mapping") or None


@register
class StartFullSync(ActionView):
    """Start the chosen lines (all that were not started)."""

    name = "sync.full_sync.start"
    path = "sync/full-sync/start/"
    title = _("Start")

    def get_visible(self, request: HttpRequest) -> bool:
        """Only with a connection."""
        return connected(request)

    def run(self, request: HttpRequest, **kwargs: Any) -> Done | HttpResponseBase:
        """Start."""
        require(request.user, "use")  # type: ignore[arg-type]
        full_sync.start(
            user_name=request.user.get_username(),
            mappings=_mappings(request),
            recommendation=request.POST.get("recommendation", ""),
        )
        return Done(_now("The full synchronization has been started."))


@register
class PreviewFullSync(ActionView):
    """Show what starting the chosen lines (all that were not started) would do."""

    name = "sync.full_sync.preview"
    path = "sync/full-sync/preview/"
    title = _("Preview")

    def get_visible(self, request: HttpRequest) -> bool:
        """Only with a connection."""
        return connected(request)

    def run(self, request: HttpRequest, **kwargs: Any) -> Done | HttpResponseBase:
        """Start the preview and open it."""
        require(request.user, "use")  # type: ignore[arg-type]
        job = full_sync.start(
            user_name=request.user.get_username(),
            mappings=_mappings(request),
            recommendation=request.POST.get("recommendation", ""),
            preview=True,
        )
        return Done(url=registry.reverse("sync.job.card", pk=str(job.pk)))


@register
class RestartFullSync(ActionView):
    """Start lines again that ended in error."""

    name = "sync.full_sync.restart"
    path = "sync/full-sync/restart/"
    title = _("Restart")

    def get_visible(self, request: HttpRequest) -> bool:
        """Only with a connection."""
        return connected(request)

    def run(self, request: HttpRequest, **kwargs: Any) -> Done | HttpResponseBase:
        """Restart."""
        require(request.user, "use")  # type: ignore[arg-type]
        full_sync.restart(user_name=request.user.get_username(), mappings=_mappings(request))
        return Done(_now("The full synchronization has been started."))


@register
class PreviewRestart(ActionView):
    """Show what starting lines again would do."""

    name = "sync.full_sync.preview_restart"
    path = "sync/full-sync/preview-restart/"
    title = _("Preview Restart")

    def get_visible(self, request: HttpRequest) -> bool:
        """Only with a connection."""
        return connected(request)

    def run(self, request: HttpRequest, **kwargs: Any) -> Done | HttpResponseBase:
        """Start the preview and open it."""
        require(request.user, "use")  # type: ignore[arg-type]
        job = full_sync.restart(user_name=request.user.get_username(), mappings=_mappings(request), preview=True)
        return Done(url=registry.reverse("sync.job.card", pk=str(job.pk)))


@register
class CompareEverything(ActionView):
    """Compare every value of all mappings and write nothing."""

    name = "sync.full_sync.compare"
    path = "sync/full-sync/compare/"
    title = _("Compare Everything")

    def get_visible(self, request: HttpRequest) -> bool:
        """Only with a connection."""
        return connected(request)

    def run(self, request: HttpRequest, **kwargs: Any) -> Done | HttpResponseBase:
        """Start the previews and follow them."""
        user: Any = request.user
        return followed(request, [restored.compare_everything(user=user)])


@register
class ComparisonNotNeeded(ActionView):
    """Let scheduled runs go on although nothing was compared after a restore."""

    name = "sync.full_sync.not_needed"
    path = "sync/full-sync/comparison-not-needed/"
    title = _("Go on without it")
    right = "setup"

    def run(self, request: HttpRequest, **kwargs: Any) -> Done | HttpResponseBase:
        """Go on."""
        restored.comparison_not_needed(user=request.user)  # type: ignore[arg-type]
        return Done(_now("Scheduled runs go on."))


@register
class ResetFullSync(ActionView):
    """Forget all lines: the review begins anew."""

    name = "sync.full_sync.reset"
    path = "sync/full-sync/reset/"
    title = _("Reset")

    def run(self, request: HttpRequest, **kwargs: Any) -> Done | HttpResponseBase:
        """Reset."""
        require(request.user, "use")  # type: ignore[arg-type]
        full_sync.reset()
        return Done(_now("The review has been reset."))


@register
class RecommendFullSync(ActionView):
    """Let the chosen lines copy everything instead of coupling first."""

    name = "sync.full_sync.recommend"
    path = "sync/full-sync/recommend/"
    title = _("Recommend Full Synchronization")

    def run(self, request: HttpRequest, **kwargs: Any) -> Done | HttpResponseBase:
        """Change the recommendation."""
        require(request.user, "use")  # type: ignore[arg-type]
        full_sync.recommend_full(mappings=request.POST.getlist("mapping"))
        return Done(_now("The recommendation has been changed."))
