"""SALESPEOPLE: its rules, through real runs of the engine."""

from __future__ import annotations

import re
from typing import Any

from coupling.installation import installation
from coupling.models import Coupling
from crm.models import Team
from erp.models import SalespersonPurchaser
from records.writes import delete
from tests.coupling.runs import run
from tests.coupling.world import add, build


def test_new_salespeople_are_numbered_and_join_the_team(db: Any) -> None:
    build(ownership="person")
    user = add("crm.SystemUser", firstname="Ester", lastname="Henderson", internalemailaddress="ester@contoso.example")
    add("erp.SalespersonPurchaser", code="SP NO. 00007", name="Somebody")

    run("SALESPEOPLE")

    coupling = Coupling.objects.get(pair="SALESPEOPLE", crm_id=user)
    seller = SalespersonPurchaser.objects.get(pk=coupling.erp_id)
    assert re.fullmatch(r"SP NO\. \d{5}", seller.code)
    assert int(seller.code[-5:]) > 7
    assert seller.name == "Ester Henderson"
    team = Team.objects.get(pk=installation().owner_team)
    assert team.members.filter(pk=user).exists()


def test_a_coupling_goes_with_the_salesperson(db: Any) -> None:
    build(ownership="person")
    seller = add("erp.SalespersonPurchaser", code="PS", name="Peter")
    user = add("crm.SystemUser", lastname="S", domainname="peter")
    Coupling.objects.create(pair="SALESPEOPLE", erp_id=seller, crm_id=user)

    delete("erp.SalespersonPurchaser", [(seller, None)], source="api").single()

    assert not Coupling.objects.exists()
