"""The lines of the Option Mappings page: set up, synchronized, tried again, taken off, and those that failed."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from coupling.models import OptionMapping
from coupling.services.mapping import mapping_update
from crm.models import OptionValue
from records.writes import insert
from sync.advice import advise
from sync.jobs import drain
from sync.models import Job
from tests.cast import make_user
from tests.coupling.world import World, build

pytestmark = pytest.mark.django_db
PATH = "/coupling/option-mappings/"


@pytest.fixture
def world(db: Any) -> World:
    return build()


@pytest.fixture
def client() -> Client:
    found = Client(headers={"HX-Request": "true", "Accept-Language": "en"})
    found.force_login(make_user("salesperson"))
    return found


def option_mapping(world: World, code: str, label: str, **values: Any) -> OptionMapping:
    """A new code that stands for the stock option of this label."""
    option = OptionValue.objects.get(attributename="paymenttermscode", label=label)
    erp = insert("erp.PaymentTerms", [{"code": code}], source="page").single().pk
    given = {"erp_id": erp, "option_value": option.value, "label": label, **values}
    return OptionMapping.objects.create(mapping=world.mapping("PAYMENT TERMS"), **given)


def act(client: Client, name: str, *rows: OptionMapping) -> Any:
    ids = [str(row.pk) for row in rows]
    sent = {"list": "coupling.option_mapping.list", "ids": ids, "confirmed": "1"}
    return client.post(f"{PATH}actions/{name}/", sent)


def test_the_dialogs_of_records_open_for_the_codes_of_the_lines(world: World, client: Client) -> None:
    row = option_mapping(world, "N30", "Net 30")

    for action, dialog in (("set_up_coupling", "/coupling/set-up/"), ("synchronize_now", "/sync/now/")):
        said = act(client, action, row).content.decode().replace("&amp;", "&")
        assert f"{dialog}?table=erp.PaymentTerms&ids={row.erp_id}" in said
        assert "N30" in client.get(f"{dialog}?table=erp.PaymentTerms&ids={row.erp_id}").content.decode()


def test_a_failed_line_tells_why_and_is_tried_again(world: World, client: Client) -> None:
    error = {"code": "option_comma", "params": {"value": "Net, 30"}}
    row = option_mapping(world, "N30", "Net 30", last_result_to_crm="failure", skipped=True, error_to_crm=error)
    sound = option_mapping(world, "N45", "Net 45")

    assert "The label &#x27;Net, 30&#x27; contains a comma." in client.get(f"{PATH}?view=failed").content.decode()
    whole = client.get(PATH, headers={"HX-Request": "false"}).content.decode()
    assert "/sync/errors/?filter=mapping%3DPAYMENT+TERMS%7CSHIPMENT+METHOD" in whole
    assert "One of the lines has not failed." in str(act(client, "retry", row, sound).headers)
    act(client, "retry", row)
    drain()

    row.refresh_from_db()
    assert (row.skipped, row.error_to_crm, row.last_result_to_crm, row.label) == (False, None, "success", "N30")


def test_one_code_is_taken_off_at_once_and_several_in_the_background(world: World, client: Client) -> None:
    rows = [option_mapping(world, "N30", "Net 30"), option_mapping(world, "N45", "Net 45")]
    rows += [option_mapping(world, "N60", "Net 60")]

    act(client, "delete_coupling", rows[0])
    assert OptionMapping.objects.count() == 2
    act(client, "delete_coupling", *rows[1:])
    drain()

    assert not OptionMapping.objects.exists()
    assert Job.objects.get(kind="uncoupling").counters[""]["uncoupled"] == 2


def test_what_synchronizing_a_line_renames_is_told_before(world: World) -> None:
    row = option_mapping(world, "N30", "Net 30")
    free = insert("erp.PaymentTerms", [{"code": "FREE"}], source="page").single().pk

    told = advise(world.mapping("PAYMENT TERMS"), "erp", [str(row.erp_id), free])
    mapping_update(mapping=world.mapping("PAYMENT TERMS"), values={"direction": "from_crm"})
    back = advise(world.mapping("PAYMENT TERMS"), "erp", [str(row.erp_id)])

    assert [(o.before, o.after) for o in told.ways[0].overwrites] == [("Net 30", "N30")]
    assert told.uncoupled == [free]
    assert [(o.before, o.after) for o in back.ways[0].overwrites] == [("N30", "NET 30")]
    assert advise(world.mapping("PAYMENT TERMS"), "erp", [free]).obstacle
