"""Tags that templates of all pages use."""

from __future__ import annotations

from typing import Any

from django import template
from django.http import HttpRequest
from django.template.loader import get_template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from pages import display, icons
from pages.columns import chip_html
from pages.parts import Chip

register = template.Library()


@register.simple_tag
def icon(name: str) -> SafeString:
    """The icon of the sprite: {% icon "add" %}."""
    return icons.icon(name)


@register.simple_tag
def chip(value: Chip) -> SafeString:
    """A status chip."""
    return chip_html(value)


@register.simple_tag
def status(caption: Any, tone: str = "neutral", name: str = "") -> SafeString:
    """A status chip from its parts: {% status "Coupled" "ok" "checkmark_circle" %}."""
    return chip_html(Chip(caption, tone, name))


@register.filter
def number(value: Any) -> str:
    """A number in the user's language, grouped: {{ total|number }}."""
    return "" if value is None else display.number(value)


@register.filter
def moment(value: Any) -> str:
    """Date and time in the user's zone: {{ job.started_at|moment }}."""
    return "" if value is None else display.moment(value)


@register.simple_tag
def progress(done: Any, total: Any, label: Any = "") -> SafeString:
    """A progress bar; without a known total it only moves."""
    if not total:
        return format_html('<progress aria-label="{}"></progress>', str(label))
    return format_html(
        '<progress max="{}" value="{}" aria-label="{}"></progress>', total, min(done or 0, total), str(label)
    )


@register.simple_tag
def record_link(label: str, pk: Any, text: Any) -> SafeString | str:
    """The text as a link to the card of a record, where its table has one: {% record_link "erp.Customer" id name %}."""
    from pages import registry

    url = registry.address_of(label, pk) if pk else ""
    return format_html('<a href="{}">{}</a>', url, text) if url else str(text)


@register.simple_tag(takes_context=True)
def part(context: template.Context, name: str, values: dict[str, Any]) -> SafeString:
    """A template of another app with its values on top of the page's context: {% part box.template values %}."""
    with context.push(**values):
        found: Any = get_template(name)
        return SafeString(found.template.render(context))


@register.simple_tag(takes_context=True)
def current_path(context: dict[str, Any]) -> str:
    """The path and query of the request."""
    request: HttpRequest = context["request"]
    return request.get_full_path()
