"""Template tags of couplings."""

from __future__ import annotations

from django import template

from coupling.plan import Problem
from records.messages import text

register = template.Library()


@register.simple_tag
def problem_text(problem: Problem) -> str:
    """The sentence of a problem in the language of the request."""
    return text(problem.code, problem.params)
