"""SHIPPING AGENT: codes become values of the option set, and back."""

from __future__ import annotations

from coupling.models import OptionMapping
from crm.models import OptionValue
from tests.coupling.runs import run
from tests.coupling.world import World, add


def test_a_code_becomes_a_value_of_the_option_set(running: World) -> None:
    key = add("erp.ShippingAgent", code="SPECIAL")

    counters = run("SHIPPING AGENT")

    option = OptionMapping.objects.get(erp_id=key)
    assert counters["to_crm"]["inserted"] == 1
    assert option.label == "SPECIAL"
    stored = OptionValue.objects.get(attributename="address1_shippingmethodcode", value=option.option_value)
    assert stored.label == "SPECIAL"


def test_a_second_run_leaves_the_options_alone(running: World) -> None:
    add("erp.ShippingAgent", code="SPECIAL")
    run("SHIPPING AGENT")

    counters = run("SHIPPING AGENT")

    assert {name for name, n in counters["to_crm"].items() if n} <= {"unchanged"}
