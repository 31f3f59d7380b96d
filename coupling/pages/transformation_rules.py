"""Transformation Rules: list, card with the parameters of the type, and a box that tries a rule on values at once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponseBase
from django.urls import URLPattern, path, reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from coupling.models import TransformationRule
from coupling.models.transformation import columns_of
from coupling.pages.words import KEYWORDS
from coupling.services.transformation import rule_examples, rule_try, rules_install
from coupling.transformation_rules import ALL_COLUMNS, lines_naming, used_by
from coupling.transforms.rules import TransformError
from pages import (
    Action,
    CardPage,
    Column,
    Done,
    FactBox,
    FastTab,
    Help,
    Lines,
    ListPage,
    Row,
    Selection,
    View,
    register,
)
from pages.registry import address_of
from pages.saving import Saved
from pages.views.base import PageView
from pages.views.cards import CardView, NewView
from records.messages import text

_MOST_SAMPLES = 50
_HEAD = FastTab(
    "general", _("General"), ("code", "description", "type", "next_rule"), summary=("code", "description", "type")
)


def _used(pks: Sequence[str]) -> dict[str, Any]:
    codes = dict(TransformationRule.objects.filter(pk__in=list(pks)).values_list("pk", "code"))
    users = used_by(list(codes.values()))
    return {str(pk): ", ".join(users[code]) for pk, code in codes.items()}


def _trial(_request: HttpRequest, record: Row) -> dict[str, Any]:
    """Values to try, and where they are tried."""
    rule = TransformationRule.objects.filter(pk=record.pk).first()
    samples = rule_examples(rule) if rule else []
    return {"record": record, "samples": samples, "url": reverse("coupling.transformation_rule.try", args=[record.pk])}


def _users(_request: HttpRequest, record: Row) -> dict[str, Any] | None:
    """The field lines with the cards of their mappings, and the rules that name this one."""
    found = [
        (name, address_of("coupling.IntegrationTableMapping", str(line.mapping_id)))
        for line, name in lines_naming(record.get("code"))
    ]
    rules = TransformationRule.objects.filter(next_rule=record.get("code")).order_by("code")
    found += [(rule.code, address_of("coupling.TransformationRule", str(rule.pk))) for rule in rules]
    return {"users": found}


def _install(_request: HttpRequest, _selection: Selection) -> Done:
    count = rules_install()
    return Done(_now("%(count)s rules were added.") % {"count": count})


TRY = FactBox("try", _("Test"), "coupling/_rule_try.html", _trial, "play")
USED_BY = FactBox("used_by", _("Used By"), "coupling/_rule_users.html", _users, "link")


@register
class RuleList(ListPage):
    """All transformation rules."""

    name = "coupling.transformation_rule.list"
    model = "coupling.TransformationRule"
    path = "coupling/transformation-rules/"
    title = _("Transformation Rules")
    card = "coupling.transformation_rule.card"
    menu = ("synchronization", 25)
    icon = "arrow_swap"
    edit_right = "setup"
    keywords = KEYWORDS
    help = Help(
        _(
            "A transformation rule changes a value on its way through a field line of a mapping. Choose a rule and type "
            "values under Test to see what it makes of them; nothing is saved."
        )
    )
    columns = ("code", "description", "type", "next_rule", Column("used_by", _("Used By"), compute=_used))
    filter_fields = ("code", "type")
    views = (View("all", _("All"), ""),)
    factboxes = (TRY, USED_BY)
    actions = (
        Action("install", _("Create Default Rules"), run=_install, scope="page", right="setup", icon="arrow_reset"),
    )


@register
class RuleCard(CardPage):
    """One rule; the second FastTab holds what its type needs."""

    name = "coupling.transformation_rule.card"
    model = "coupling.TransformationRule"
    path = "coupling/transformation-rules/<uuid:pk>/"
    title = _("Transformation Rule")
    list = "coupling.transformation_rule.list"
    edit_right = "setup"
    icon = "arrow_swap"
    fasttabs = (_HEAD, FastTab("parameters", _("Parameters"), tuple(ALL_COLUMNS)))
    factboxes = (TRY, USED_BY)

    def get_fasttabs(self, request: HttpRequest) -> Sequence[FastTab | Lines]:
        """The head, and the parameters of the rule's type where it has any."""
        match = request.resolver_match
        key = match.kwargs.get("pk") if match else None
        columns = self.parameters(str(key)) if key else ()
        return (_HEAD, FastTab("parameters", _("Parameters"), columns)) if columns else (_HEAD,)

    def parameters(self, key: str) -> tuple[str, ...]:
        """The columns that the type of a stored rule needs."""
        type_ = TransformationRule.objects.filter(pk=key).values_list("type", flat=True).first()
        return tuple(columns_of(type_ or "").values())

    def urls(self) -> Sequence[URLPattern]:
        """The card, with a new rule leading to it, and the trial beside it."""
        own = {
            self.name: RuleView,
            f"{self.name}.new": NewRuleView,
        }
        found = [
            path(str(url.pattern), own[url.name].as_view(page=self), name=url.name) if url.name in own else url
            for url in super().urls()
        ]
        trial = path(f"{self.path}try/", TryView.as_view(page=self), name="coupling.transformation_rule.try")
        return [*found, trial]


class RuleView(CardView):
    """The card; another type shows other parameters at once."""

    page: RuleCard

    def post(self, request: HttpRequest, pk: UUID | None = None) -> HttpResponseBase:
        """As every card. After a change of the type the second FastTab is drawn anew, or the card where it comes or goes."""
        before = self.page.parameters(str(pk))
        response: Any = super().post(request, pk)
        after = self.page.parameters(str(pk))
        if before == after:
            return response
        if before and after:
            response.template_name = "coupling/_rule_answer.html"
        else:
            response["HX-Refresh"] = "true"
        return response


class NewRuleView(NewView):
    """A new rule: saved once it has a code, then its card opens with the parameters of its type."""

    def finish(self, request: HttpRequest, result: Saved) -> HttpResponseBase:
        """Go to the card."""
        if result.is_saved and result.row is not None:
            return Done(url=reverse(self.page.name, kwargs={"pk": result.row.pk})).response(request)
        return super().finish(request, result)


class TryView(PageView):
    """What a rule makes of the values that were typed, one a line. Nothing is stored."""

    def get(self, request: HttpRequest, pk: UUID) -> HttpResponseBase:
        """A fragment: each value with its result or the reason why there is none."""
        rule = TransformationRule.objects.filter(pk=pk).first()
        if rule is None:
            raise Http404
        typed = request.GET.get("samples", "").splitlines()[:_MOST_SAMPLES]
        values = [value for value in typed if value]
        try:
            results: Sequence[str | TransformError] = rule_try(rule.code, values)
        except TransformError as error:
            return self.render("coupling/_rule_results.html", {"problem": text(error.code, error.params)})
        rows = [(value, *_said(result, rule.code)) for value, result in zip(values, results, strict=True)]
        return self.render("coupling/_rule_results.html", {"rows": rows})


def _said(result: str | TransformError, code: str) -> tuple[str, str]:
    """The result, or why there is none; a rule further down the chain is named."""
    if not isinstance(result, TransformError):
        return result, ""
    why = capfirst(text("transform_reason", {"error": result.params.get("error", "")}))
    return "", why if result.params.get("rule") == code else f"{result.params.get('rule')}: {why}"
