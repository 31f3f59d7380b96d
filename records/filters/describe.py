"""A filter as a sentence for people, in their language."""

from __future__ import annotations

from typing import Any

from django.utils import formats
from django.utils.translation import gettext as _

from records.filters.checked import Checked, Condition, Probe, check
from records.filters.grammar import Filter
from records.schema import FieldInfo


def describe(tree: Filter | Checked | str, model: Any) -> str:
    """For example "Blocked is Ship or All, No. is from 10000 to 20000". Blank for no filter."""
    checked = tree if isinstance(tree, Checked) else check(tree, model)
    return ", ".join(_condition(condition) for condition in checked.conditions)


def compares_by_letter(tree: Filter | Checked | str, model: Any) -> bool:
    """True where numbers in a text field are compared letter by letter: `10000..10042` lets 100000 in as well."""
    checked = tree if isinstance(tree, Checked) else check(tree, model)
    tests = [test for c in checked.conditions if c.is_text for group in c.groups for test in group]
    return any(_has_digit(end) for test in tests if test.kind == "range" for end in (test.low, test.high))


def _has_digit(end: Any) -> bool:
    return end is not None and any(sign.isdigit() for sign in str(end))


def _condition(condition: Condition) -> str:
    groups = [_(" and ").join(_test(condition, test) for test in group) for group in condition.groups]
    return _("%(caption)s %(tests)s") % {"caption": condition.info.caption, "tests": _(" or ").join(groups)}


def _test(condition: Condition, test: Probe) -> str:
    if test.kind == "blank":
        return _("is not blank") if test.negate else _("is blank")
    low, high = _value(condition, test.low), _value(condition, test.high)
    if test.kind == "range":
        return _range(test, low, high)
    if test.kind == "like":
        return (_("is not like %(value)s") if test.negate else _("is like %(value)s")) % {"value": low}
    return (_("is not %(value)s") if test.negate else _("is %(value)s")) % {"value": low}


def _range(test: Probe, low: str, high: str) -> str:
    if test.negate:
        return _("is not from %(low)s to %(high)s") % {"low": low, "high": high}
    if test.low is None:
        return (_("is below %(value)s") if test.high_open else _("is at most %(value)s")) % {"value": high}
    if test.high is None:
        return (_("is above %(value)s") if test.low_open else _("is at least %(value)s")) % {"value": low}
    return _("is from %(low)s to %(high)s") % {"low": low, "high": high}


def option_caption(info: FieldInfo, value: Any) -> str:
    """What people call the value of an option."""
    labels = getattr(info.field, "labels", None)
    if info.extensible and labels:
        return str(labels(info.name).get(value, value))
    member, caption = info.options.get(value, (value, value))
    return str(caption) or str(member)


def _value(condition: Condition, value: Any) -> str:
    if condition.kind == "option" and value is not None:
        return option_caption(condition.info, value) or _("blank")
    if condition.kind == "bool" and value is not None:
        return _("Yes") if value else _("No")
    return str(formats.localize(value)) if value is not None else ""
