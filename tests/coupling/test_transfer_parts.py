"""Mapping files carry the rules that lines use and the templates of the mappings: made, compared, or refused as a whole."""

from __future__ import annotations

import json
from typing import Any

import pytest

from coupling.documents import Difference, differences
from coupling.mapping_rules import document_of
from coupling.models import ConfigTemplate, IntegrationTableMapping, MappingVersion, TransformationRule
from coupling.services import mapping as services
from coupling.services.documents import mapping_restore
from coupling.services.rule_documents import rules_write
from coupling.services.template import template_create, template_delete, template_update
from coupling.services.transfer import content_of, documents_of, mappings_export, mappings_import, mappings_try
from coupling.services.transformation import rule_create, rule_delete, rule_update
from records.errors import Rejected
from tests.coupling.test_transfer import API, everything, places, setup_client
from tests.coupling.world import World

CUT = {"code": "CUT", "type": "substring", "parameters": {"start_position": 1, "length": 3}, "next_rule": "BIG"}
TEMPLATE = {"side": "erp", "name": "NORTH", "priority": 2, "filter": "name=N*", "values": {"blocked": "Ship"}}
USED = ("city", "address1_city")


@pytest.fixture
def dressed(world: World) -> World:
    """CUSTOMER with a chain of two rules at a one-way line, and a template."""
    rule_create(values={"code": "BIG", "type": "uppercase"})
    rule_create(values=CUT)
    line = world.mapping("CUSTOMER").lines.get(erp_field="city")
    services.line_update(line=line, values={"direction": "to_crm", "transformation": "CUT"})
    template_create(mapping=world.mapping("CUSTOMER"), values=TEMPLATE)
    return world


def undressed(world: World) -> None:
    """Without them, as another installation is."""
    line = world.mapping("CUSTOMER").lines.get(erp_field="city")
    services.line_update(line=line, values={"transformation": ""})
    for code in ("CUT", "BIG"):
        rule_delete(rule=TransformationRule.objects.get(code=code))
    template_delete(template=ConfigTemplate.objects.get())


def exported() -> dict[str, Any]:
    return content_of(json.dumps(mappings_export(names=["CUSTOMER"])).encode())


@pytest.mark.django_db
def test_a_file_carries_rules_with_their_followers_and_templates_to_another_installation(dressed: World) -> None:
    content, before = exported(), everything()
    assert [rule["code"] for rule in content["rules"]] == ["BIG", "CUT"]
    assert content["mappings"][0]["templates"] == [TEMPLATE]
    assert not mappings_try(content).changed
    undressed(dressed)
    bare, versions = everything(), MappingVersion.objects.count()

    trial = mappings_try(content)
    assert (trial.errors, trial.new_rules, [one.name for one in trial.changed]) == ([], ["BIG", "CUT"], ["CUSTOMER"])
    assert Difference("added", template=("erp", "NORTH")) in trial.changed[0].changes
    assert everything() == bare
    assert not TransformationRule.objects.filter(code="CUT").exists()

    mappings_import(content=content, seen=trial.seen)

    assert everything() == before
    assert exported() == content
    assert MappingVersion.objects.count() == versions + 1


@pytest.mark.django_db
def test_what_differs_or_is_wrong_is_named_at_its_place_and_nothing_is_taken_over(dressed: World) -> None:
    content = exported()
    rule_update(
        rule=TransformationRule.objects.get(code="CUT"), values={"parameters": {"start_position": 1, "length": 4}}
    )
    before, rules = everything(), TransformationRule.objects.count()
    assert places(mappings_try(content).errors) == [("rules[1].parameters.length", "rule_differs")]
    content["rules"] = [{"code": "NEW", "type": "uppercase"}, {"code": "ODD", "type": "rot13"}]
    assert places(mappings_try(content).errors) == [("rules[1].type", "invalid_option")]
    content["rules"][1:] = []
    content["mappings"][0]["templates"] = [
        {"name": "A", "values": {"blocked": "Maybe", "city": "Roma"}},
        {"name": "B", "filter": "gone=1"},
        {"name": "a"},
    ]
    assert places(mappings_try(content).errors) == [("mappings[0].templates[2].name", "mapping_file_template_double")]
    del content["mappings"][0]["templates"][2]
    with pytest.raises(Rejected) as refused:
        mappings_import(content=content)

    assert places(refused.value.errors) == [
        ("mappings[0].templates[0].values.blocked", "invalid_option"),
        ("mappings[0].templates[1].filter", "filter_unknown_field"),
    ]
    assert (everything(), TransformationRule.objects.count()) == (before, rules)


@pytest.mark.django_db
def test_a_file_of_the_first_version_leaves_templates_alone_and_a_template_that_it_leaves_out_goes(
    dressed: World,
) -> None:
    content = exported()
    old = {**content, "version": 1, "mappings": [dict(content["mappings"][0])]}
    del old["rules"], old["mappings"][0]["templates"]
    assert not mappings_try(old).changed

    content["mappings"][0]["templates"] = []
    client = setup_client()
    body = {"content": content}
    answer = client.post(f"{API}/import/", body, content_type="application/json").json()

    (change,) = answer["mappings"][0]["changes"]
    assert change == {"kind": "removed", "side": "erp", "template": "NORTH"}
    assert {rule["action"] for rule in answer["rules"]} == {"unchanged"}
    assert not ConfigTemplate.objects.exists()


@pytest.mark.django_db
def test_going_back_to_a_version_brings_its_templates_back(dressed: World) -> None:
    mapping = dressed.mapping("CUSTOMER")
    version, before = mapping.version, document_of(mapping)
    template_update(template=ConfigTemplate.objects.get(), values={"priority": 5, "values": {"city": "Roma"}})

    mapping_restore(mapping=IntegrationTableMapping.objects.get(pk=mapping.pk), version=version)

    assert document_of(dressed.mapping("CUSTOMER")) == before


@pytest.mark.django_db
def test_rules_in_a_circle_are_refused() -> None:
    circle = [{"code": "A", "type": "trim", "next_rule": "B"}, {"code": "B", "type": "trim", "next_rule": "A"}]

    with pytest.raises(Rejected) as refused:
        rules_write(circle)

    assert {error.field for error in refused.value.errors} == {"rules[0].next_rule", "rules[1].next_rule"}


@pytest.mark.parametrize(
    ("parts", "place", "code"),
    [
        ({"rules": {}}, "rules", "mapping_file_lines"),
        ({"rules": [7]}, "rules[0]", "mapping_file_object"),
        ({"rules": [{}]}, "rules[0].code", "mapping_file_rule"),
        ({"rules": [{"code": "A"}, {"code": "a"}]}, "rules[1].code", "mapping_file_rule_double"),
        ({"mappings": [{"name": "A", "templates": 7}]}, "mappings[0].templates", "mapping_file_lines"),
    ],
)
def test_parts_of_another_shape_are_refused_at_the_place(parts: dict[str, Any], place: str, code: str) -> None:
    with pytest.raises(Rejected) as refused:
        documents_of({"format": "tandem-mappings", "version": 2, "mappings": [{"name": "A"}], **parts})

    assert places(refused.value.errors) == [(place, code)]


def test_templates_differ_value_by_value_and_only_where_both_documents_speak_of_them() -> None:
    old = {"templates": [TEMPLATE, {**TEMPLATE, "name": "GONE"}]}
    new = {"templates": [{**TEMPLATE, "priority": 1, "values": {"city": "Roma"}}]}

    assert differences(old, new) == [
        Difference("removed", template=("erp", "GONE")),
        Difference("changed", None, "priority", 2, 1, ("erp", "NORTH")),
        Difference("changed", None, "values.blocked", "Ship", None, ("erp", "NORTH")),
        Difference("changed", None, "values.city", None, "Roma", ("erp", "NORTH")),
    ]
    assert differences({}, new) == []
