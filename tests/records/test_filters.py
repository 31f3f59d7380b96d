"""Filters against tables: only known fields, right types, and the same answer from SQL and from Python."""

from __future__ import annotations

import random
from typing import Any

import pytest
from django.utils import translation
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from records import db
from records.filters import (
    Compare,
    Filter,
    FilterError,
    Matcher,
    Term,
    Value,
    check,
    describe,
    matches,
    parse,
    to_q,
    to_sql,
    to_text,
)
from records.filters.evaluate import wildcard_match
from records.schema import schema
from records.values import fetch
from tests.records.filter_rows import KINDS, PATTERNS, WORDS, filters, stored_values

pytestmark = pytest.mark.django_db
ROWS = 100
SLOW = settings(
    max_examples=150,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.generate, Phase.shrink],
    derandomize=True,
)


def fill(label: str, **extra: list[Any]) -> None:
    """Store random rows past all rules; `extra` gives values of further fields to choose from."""
    described = schema(label)
    chooser = random.Random(7)
    names = [i.name for i in described if i.stored and i.kind in KINDS and not i.system and i.name != described.pk]
    rows = []
    for number in range(ROWS):
        values = {name: chooser.choice(stored_values(described[name])) for name in names}
        values |= {name: chooser.choice(options) for name, options in extra.items()}
        if described.natural_key:
            values[described.natural_key] = f"{values[described.natural_key]}{number}"
        if "statuscode" in values:
            values["statecode"] = values["statecode"] or 0
            values["statuscode"] = values["statecode"] + 1
        rows.append(described.model(**values))
    described.model.objects.bulk_create(rows)


def assert_same_answer(label: str, tree: Any) -> None:
    checked = check(tree, label)
    described = schema(label)
    where, params = to_sql(checked, label, "t")
    by_sql = {
        pk for (pk,) in db.rows(f'SELECT t."{described.pk_column}" FROM "{described.table}" t WHERE {where}', params)
    }
    by_django = {str(pk) for pk in described.model.objects.filter(to_q(checked, label)).values_list("pk", flat=True)}
    inside = Matcher(checked)
    everything = [str(pk) for pk in described.model.objects.values_list("pk", flat=True)]
    by_python = {row.pk for row in fetch(label, everything) if inside(row.values)}
    assert by_sql == by_python == by_django
    assert parse(to_text(tree)) == tree


@pytest.fixture
def customers(db: Any) -> None:
    from erp.models import CountryRegion

    countries = [CountryRegion.objects.create(code=code, name=code) for code in ("AA", "B", "B1", "Ä")]
    fill("erp.Customer", country_region_code=[None, *countries])


@pytest.mark.usefixtures("customers")
def test_sql_and_python_agree_on_erp_records() -> None:
    @SLOW
    @given(filters("erp.Customer"))
    def compare(tree: Any) -> None:
        assert_same_answer("erp.Customer", tree)

    compare()


@pytest.mark.usefixtures("customers")
@pytest.mark.parametrize("field", ["name", "search_name"])
def test_sql_and_python_agree_on_every_word_whatever_its_case(field: str) -> None:
    values = [Value(word, quoted=True, ignore_case=True) for word in WORDS]
    values += [Value(pattern, ignore_case=ignore) for pattern in PATTERNS for ignore in (True, False)]
    for value in values:
        assert_same_answer("erp.Customer", Filter((Term(field, ((Compare("=", value),),)),)))


def test_sql_and_python_agree_on_sales_records() -> None:
    from crm.models import Account

    owner = make_owner()
    parents = [Account.objects.create(name=f"parent {n}", owninguser=owner) for n in range(2)]
    fill("crm.Account", parentaccountid=[None, *parents], owninguser=[owner])

    @SLOW
    @given(filters("crm.Account"))
    def compare(tree: Any) -> None:
        assert_same_answer("crm.Account", tree)

    compare()
    for text in (
        f"parentaccountid={parents[0].pk}",
        f"parentaccountid=<>{parents[0].pk}",
        "parentaccountid=''",
        "parentaccountid=<>''",
    ):
        assert_same_answer("crm.Account", parse(text))
    for text in (
        "ownerid=<>'',owneridtype=systemuser",
        "owneridtype=team",
        f"ownerid={owner.pk}",
        f"ownerid=<>{owner.pk}",
    ):
        assert_same_answer("crm.Account", parse(text))


def make_owner() -> Any:
    from crm.models import BusinessUnit, SystemUser

    unit = BusinessUnit.objects.create(name="root")
    return SystemUser.objects.create(lastname="Owner", fullname="Owner", businessunitid=unit)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("password=x", "filter_unknown_field"),
        ("name__icontains=x", "filter_unknown_field"),
        ("country_region_code__name=x", "filter_unknown_field"),
        ("search_fold=x", "filter_unknown_field"),
        ("balance_lcy=0", "filter_unknown_field"),
        ("blocked=Never", "filter_value"),
        ("blocked=S*", "filter_wildcard_in_value"),
        ("privacy_blocked=maybe", "filter_value"),
        ("privacy_blocked=<true", "filter_not_ordered"),
        ("credit_limit_lcy=ten", "filter_value"),
        ("credit_limit_lcy=NaN", "filter_value"),
        ("credit_limit_lcy=1e999999", "filter_value"),
        ("credit_limit_lcy=@1", "filter_wildcard_in_value"),
        ("last_date_modified=2026-02-30", "filter_value"),
        ("system_id=x", "filter_value"),
        ("system_id=<00000000-0000-0000-0000-000000000001", "filter_not_ordered"),
        ("system_created_at=yesterday", "filter_value"),
        ("name=<A*", "filter_plain_value_needed"),
        ("name=@a..b", "filter_plain_value_needed"),
        ("name=<''", "filter_plain_value_needed"),
    ],
)
def test_what_does_not_fit_the_table_is_refused(text: str, code: str) -> None:
    with pytest.raises(FilterError) as caught:
        check(text, "erp.Customer")

    assert caught.value.code == code


@pytest.mark.parametrize("text", ["blocked=1", "blocked=Ship", "blocked=ship", "blocked=Expédier"])
def test_options_are_named_by_number_member_or_caption(text: str) -> None:
    checked = check(text.replace("Expédier", "Ship"), "erp.Customer")

    assert matches(checked, {"blocked": 1})
    assert not matches(checked, {"blocked": 0})


def test_the_blank_option_of_the_erp_is_zero() -> None:
    assert matches(check("blocked=''", "erp.Customer"), {"blocked": 0})
    assert not matches(check("blocked=<>''", "erp.Customer"), {"blocked": 0})


def test_user_text_is_never_part_of_the_sql() -> None:
    evil = "'; DROP TABLE erp_customer; --%s"
    sql, params = to_sql(parse(f"name='{evil.replace(chr(39), chr(39) * 2)}'"), "erp.Customer", "t")

    assert "DROP" not in sql
    assert params == [evil]


def test_a_filter_reads_as_a_sentence() -> None:
    with translation.override("en"):
        text = describe("blocked=1|3,no=10..20,name=@a*&<>'',privacy_blocked=no", "erp.Customer")

    assert text == (
        "Blocked is Ship or is All, No. is from 10 to 20, Name is like a* and is not blank, Privacy Blocked is No"
    )


def test_no_filter_lets_everything_in() -> None:
    assert to_sql("", "erp.Customer", "t") == ("TRUE", [])
    assert matches(check("", "erp.Customer"), {})
    assert describe("", "erp.Customer") == ""


def test_wildcards_never_take_exponential_time() -> None:
    assert not wildcard_match("*a" * 500 + "b", "a" * 2000)


@given(st.text("ab*?", max_size=6), st.text("ab", max_size=8))
def test_wildcards_mean_what_a_slow_definition_says(pattern: str, text: str) -> None:
    def slow(p: str, t: str) -> bool:
        if not p:
            return not t
        if p[0] == "*":
            return slow(p[1:], t) or (bool(t) and slow(p, t[1:]))
        return bool(t) and p[0] in ("?", t[0]) and slow(p[1:], t[1:])

    assert wildcard_match(pattern, text) == slow(pattern, text)
