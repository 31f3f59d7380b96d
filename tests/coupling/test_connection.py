"""The connection: saving, testing with distinct errors, switching on and off."""

from __future__ import annotations

from io import StringIO
from typing import Any

import pytest
from cryptography.fernet import Fernet
from django.core.management import CommandError, call_command

from coupling.models import Connection, IntegrationTableMapping
from coupling.services import connection as services
from coupling.services.coupling import coupling_create
from crm.models import SystemUser, TransactionCurrency
from erp.models import GeneralLedgerSetup
from people.models import User
from records.errors import Refused, Rejected, Stale
from tests.coupling.world import World, add, declared, install


def code_of(call: Any) -> str:
    with pytest.raises(Refused) as refused:
        call()
    return refused.value.code


def test_a_first_start_can_be_enabled_at_once(db: Any) -> None:
    install()

    connection = services.connection_enable(install_defaults=True)

    assert connection.enabled
    assert connection.address == "embedded"
    assert sorted(IntegrationTableMapping.objects.values_list("name", flat=True)) == declared()


def test_enabling_without_defaults_makes_no_mapping(db: Any) -> None:
    install()

    services.connection_enable()

    assert not IntegrationTableMapping.objects.exists()


@pytest.mark.parametrize("address", ["", "https://example.crm.dynamics.com", "embedded2"])
def test_another_address_is_told_as_address(db: Any, address: str) -> None:
    install()
    services.connection_save(values={"address": address})

    assert code_of(services.connection_test) == "address"
    assert code_of(services.connection_enable) == "address"


def test_the_secret_belongs_to_its_address(db: Any) -> None:
    install()
    services.connection_save(values={"address": "https://elsewhere.example"})

    services.connection_save(values={"address": "embedded"})

    services.connection_test()


def test_an_unknown_user_is_told_as_credentials(db: Any) -> None:
    install()
    services.connection_save(values={"user_name": "nobody"})

    assert code_of(services.connection_test) == "credentials"


def test_a_wrong_secret_is_told_as_credentials(db: Any) -> None:
    install()
    services.connection_save(values={"secret": "wrong"})

    with pytest.raises(Refused) as refused:
        services.connection_test()

    assert refused.value.code == "credentials"
    assert refused.value.params["why"] == "@:credentials_secret"


def test_a_disabled_integration_user_is_told_as_credentials(db: Any) -> None:
    install()
    SystemUser.objects.filter(domainname=services.INTEGRATION_USER).update(isdisabled=True)

    assert code_of(services.connection_test) == "credentials"


def test_a_user_that_is_no_integration_user_is_told_as_credentials(db: Any) -> None:
    install()
    SystemUser.objects.filter(domainname=services.INTEGRATION_USER).update(isintegrationuser=False)

    assert code_of(services.connection_test) == "credentials"


def test_an_integration_user_that_may_not_write_is_told_as_privilege(db: Any) -> None:
    install()
    User.objects.filter(username=services.INTEGRATION_USER).update(permission_sets=["view"])

    assert code_of(services.connection_test) == "privilege"


def test_a_local_currency_unknown_to_sales_is_told_as_base_currency(db: Any) -> None:
    install()
    GeneralLedgerSetup.objects.update(lcy_code="SEK")

    assert code_of(services.connection_test) == "base_currency"


def test_a_rate_for_the_base_currency_is_enough(db: Any) -> None:
    install()
    GeneralLedgerSetup.objects.update(lcy_code="SEK")
    euro = add("erp.Currency", code="EUR")
    add("erp.CurrencyExchangeRate", currency_code=euro, exchange_rate_amount=1, relational_exch_rate_amount=11)

    services.connection_enable()

    made = TransactionCurrency.objects.get(isocurrencycode="SEK")
    assert (made.currencyname, made.currencysymbol, made.currencyprecision) == ("SEK", "SEK", 2)
    assert made.exchangerate == 11


def test_no_local_currency_is_told_as_base_currency(db: Any) -> None:
    install()
    GeneralLedgerSetup.objects.update(lcy_code="")

    assert code_of(services.connection_test) == "base_currency"


def test_only_the_names_change_while_enabled(world: World) -> None:
    services.connection_save(values={"erp_product_name": "Harbour ERP"})

    assert Connection.load().erp_product_name == "Harbour ERP"
    assert code_of(lambda: services.connection_save(values={"user_name": "other"})) == "connection_enabled"
    assert code_of(lambda: services.connection_save(values={"secret": "x"})) == "connection_enabled"


def test_saving_what_is_already_there_is_allowed_while_enabled(world: World) -> None:
    services.connection_save(values={"address": "embedded", "kind": "sales"})

    assert Connection.load().enabled


def test_the_secret_is_stored_unreadable(db: Any) -> None:
    install()

    services.connection_save(values={"secret": "canary-4711"})

    assert "canary" not in Connection.load().secret_cipher


def test_an_unknown_field_and_an_unknown_kind_are_refused(db: Any) -> None:
    with pytest.raises(Rejected) as rejected:
        services.connection_save(values={"colour": "red", "kind": "fax"})

    assert {(e.field, e.code) for e in rejected.value.errors} == {
        ("colour", "unknown_field"),
        ("kind", "invalid_option"),
    }


def test_a_stale_version_is_refused(world: World) -> None:
    version = Connection.load().row_version
    services.connection_save(values={"erp_product_name": "A"})

    with pytest.raises(Stale):
        services.connection_save(values={"erp_product_name": "B"}, row_version=version)


def test_disabling_keeps_couplings_and_stops_coupling(world: World) -> None:
    mapping = world.mapping("CUSTOMER")
    coupling = coupling_create(mapping=mapping, erp_id=world.customers["Adatum"], crm_id=world.accounts["Adatum"])

    services.connection_disable()

    coupling.refresh_from_db()
    other = {"erp_id": world.customers["Fabrikam"], "crm_id": world.accounts["Litware"]}
    assert code_of(lambda: coupling_create(mapping=mapping, **other)) == "connection_disabled"


def test_the_reason_of_a_broken_connection_is_kept_until_it_is_enabled(world: World) -> None:
    services.connection_disable(code="credentials", params={"user": "integration", "why": "@:credentials_disabled"})
    assert "integration" in Connection.load().disabled_reason

    services.connection_enable()

    assert Connection.load().disabled_reason == ""


def test_after_a_rotation_the_old_key_is_not_needed(db: Any, settings: Any) -> None:
    install()
    old, new = settings.ENCRYPTION_KEYS[0], Fernet.generate_key().decode()
    settings.ENCRYPTION_KEYS = [new, old]

    call_command("rotate_keys", stdout=StringIO())
    settings.ENCRYPTION_KEYS = [new]

    services.connection_test()


def test_without_its_key_the_secret_is_no_longer_valid(db: Any, settings: Any) -> None:
    install()
    settings.ENCRYPTION_KEYS = [Fernet.generate_key().decode()]

    assert code_of(services.connection_test) == "credentials"
    with pytest.raises(CommandError):
        call_command("rotate_keys", stdout=StringIO())
