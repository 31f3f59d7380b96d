"""The filter grammar by itself: what parses, what does not, and that printing loses nothing."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from records.filters.errors import FilterError
from records.filters.grammar import (
    Compare,
    Filter,
    Range,
    Term,
    Value,
    equals_any,
    expression_text,
    literal,
    parse,
    parse_expression,
    to_text,
)

ANY_TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=12)
QUOTED = st.builds(Value, ANY_TEXT, st.just(True))
QUOTED_ANY_CASE = st.builds(Value, ANY_TEXT.filter(bool), st.just(True), st.just(True))
LITERAL = ANY_TEXT.map(literal)
WILD = (
    st.text("ab*?'. ", min_size=1, max_size=8)
    .map(str.strip)
    .filter(lambda t: t and ".." not in t and t[0] != "'")
    .map(lambda t: Value(t))
)
VALUES = st.one_of(QUOTED, QUOTED_ANY_CASE, LITERAL, WILD)
FACTORS = st.one_of(
    st.builds(Compare, st.sampled_from(["=", "<>", "<", "<=", ">", ">="]), VALUES),
    st.builds(Range, VALUES, VALUES),
    st.builds(Range, VALUES, st.none()),
    st.builds(Range, st.none(), VALUES),
)
GROUPS = st.lists(st.lists(FACTORS, min_size=1, max_size=3).map(tuple), min_size=1, max_size=3).map(tuple)
TERMS = st.builds(Term, st.from_regex(r"[a-z_][a-z0-9_]{0,8}", fullmatch=True), GROUPS)
FILTERS = st.builds(Filter, st.lists(TERMS, max_size=3).map(tuple))


@given(FILTERS)
def test_printing_and_parsing_again_gives_the_same_tree(tree: Filter) -> None:
    assert parse(to_text(tree)) == tree


@given(st.text(st.sampled_from(list("ab=<>|&.,'@*?() \n1\x00")), max_size=40))
def test_any_text_parses_or_raises_a_filter_error(text: str) -> None:
    with suppress(FilterError):
        tree = parse(text)
        assert parse(to_text(tree)) == tree


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("", Filter()),
        ("  ", Filter()),
        ("blocked=0", Filter((Term("blocked", ((Compare("=", Value("0")),),)),))),
        ("no=10..20", Filter((Term("no", ((Range(Value("10"), Value("20")),),)),))),
        ("no= ..20 ", Filter((Term("no", ((Range(None, Value("20")),),)),))),
        ("no=10..|5", Filter((Term("no", ((Range(Value("10"), None),), (Compare("=", Value("5")),))),))),
        ("no=<>a*&>=b", Filter((Term("no", ((Compare("<>", Value("a*")), Compare(">=", Value("b"))),)),))),
        ("name=@*co?", Filter((Term("name", ((Compare("=", Value("*co?", ignore_case=True)),),)),))),
        ("name=''", Filter((Term("name", ((Compare("=", Value("", quoted=True)),),)),))),
        ("name='a,b|c''d'", Filter((Term("name", ((Compare("=", Value("a,b|c'd", quoted=True)),),)),))),
        ("name=O'Neil (UK)", Filter((Term("name", ((Compare("=", Value("O'Neil (UK)")),),)),))),
        ("e_mail=*@x.com", Filter((Term("e_mail", ((Compare("=", Value("*@x.com")),),)),))),
    ],
)
def test_a_filter_means(text: str, tree: Filter) -> None:
    assert parse(text) == tree


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("name", "filter_field_expected"),
        ("=x", "filter_field_expected"),
        ("user password=x", "filter_field_expected"),
        ("blocked=0,1", "filter_field_expected"),
        ("blocked=0,", "filter_field_expected"),
        ("name=", "filter_value_expected"),
        ("name=|a", "filter_value_expected"),
        ("name=a&", "filter_value_expected"),
        ("no=..", "filter_value_expected"),
        ("no=<>", "filter_value_expected"),
        ("name=@''", "filter_value_expected"),
        ("no=1..2..3", "filter_second_range"),
        ("no=>1..2", "filter_operator_with_range"),
        ("name='abc", "filter_quote_open"),
        ("name='abc'd", "filter_text_after_quote"),
        ("no==1", "filter_quotes_needed"),
        ("no=(1|2)", "filter_quotes_needed"),
        ("no=<>>1", "filter_quotes_needed"),
        ("name=a\x00b", "filter_bad_character"),
        ("name=\ud800", "filter_bad_character"),
        ("name=" + "a" * 2048, "filter_too_long"),
        ("no=" + "|".join("1" * 101), "filter_too_many_terms"),
    ],
)
def test_a_filter_that_does_not_parse_says_why(text: str, code: str) -> None:
    with pytest.raises(FilterError) as caught:
        parse(text)

    assert caught.value.code == code


def test_an_expression_alone_may_not_bring_a_second_field() -> None:
    assert expression_text(parse_expression("1|2", "no")) == "1|2"
    with pytest.raises(FilterError) as caught:
        parse_expression("1,blocked=0", "no")

    assert caught.value.code == "filter_comma"


def test_literal_values_survive_as_they_are() -> None:
    term = equals_any("name", ["a", "a,b", "O'Neil", "x*", "@b", ""])

    assert to_text(term) == "name=a|'a,b'|O'Neil|'x*'|'@b'|''"
