"""Option mappings by hand: a code of the ERP and a value of a CRM option set, each at most once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import IntegrityError, transaction

from coupling.models import IntegrationTableMapping, OptionMapping
from coupling.plans import option_key
from coupling.selectors.records import record_keys
from coupling.services.coupling import require_connection
from people.audit import audit
from records import writes
from records.errors import FieldError, Refused, Rejected, Stale
from records.schema import model_of, schema

OPTION_VALUES = "crm.OptionValue"
#: So many characters of an option's label make a code.
CODE_LENGTH = 10


@transaction.atomic
def option_mapping_create(
    *, mapping: IntegrationTableMapping, erp_id: str, option_value: int | None = None, label: str = ""
) -> OptionMapping:
    """Map a code to an option value; without a value a new one is made, labelled with the code unless told otherwise.

    Raises Rejected and Refused (`connection_disabled`, `not_option_mapping`, `direction_not_allowed` where the mapping
    makes no options, `already_coupled`).
    """
    require_connection()
    if not mapping.is_option:
        raise Refused("not_option_mapping", {"mapping": mapping.name})
    if option_value is None and not mapping.allows("to_crm"):
        raise Refused("direction_not_allowed", {"mapping": mapping.name, "direction": "to_crm"})
    code = record_keys(mapping.erp_table, [erp_id]).get(str(erp_id))
    if code is None:
        raise Rejected([FieldError("erp_id", "record_missing")])
    _refuse_taken(mapping, erp_id=erp_id)
    if label or option_value is None:
        _check_label(mapping, label or code, option_value)
    if option_value is None:
        option_value, label = _new_value(mapping, label or code), label or code
    else:
        known = option_label(mapping, option_value)
        if known is None:
            raise Rejected([FieldError("option_value", "invalid_option", {"value": str(option_value)})])
        label = label or known
    _refuse_taken(mapping, option_value=option_value)
    row = {"mapping": str(mapping.pk), "erp_id": erp_id, "option_value": option_value, "label": label}
    made = OptionMapping.objects.get(pk=_store(row))
    audit("option_mapping_create", target=f"{mapping.name} {code}", new={"value": option_value, "label": label})
    return made


@transaction.atomic
def option_mapping_update(
    *, option_mapping: OptionMapping, values: Mapping[str, Any], row_version: int | None = None
) -> OptionMapping:
    """Point a code to another option value or give it another label. Raises Rejected, Refused, Stale."""
    require_connection()
    mapping = option_mapping.mapping
    given: dict[str, Any] = {}
    described = schema(OptionMapping)
    for name in ("option_value", "label"):
        if name in values:
            given[name] = described[name].normalize(values[name])
    value = given.get("option_value", option_mapping.option_value)
    known = option_label(mapping, value)
    if known is None:
        raise Rejected([FieldError("option_value", "invalid_option", {"value": str(value)})])
    if value != option_mapping.option_value:
        _refuse_taken(mapping, option_value=value)
        given.setdefault("label", known)
    if given.get("label", option_mapping.label) != option_mapping.label:
        _check_label(mapping, given["label"], value)
    edit = writes.Edit(str(option_mapping.pk), given, row_version)
    writes.update(OptionMapping, [edit], source="setup").single()
    return OptionMapping.objects.select_related("mapping").get(pk=option_mapping.pk)


@transaction.atomic
def option_mapping_delete(*, option_mapping: OptionMapping, row_version: int | None = None) -> None:
    """Take a code off its option value; the option stays. Raises Stale."""
    require_connection()
    target = f"{option_mapping.mapping.name} {option_mapping.label}"
    found = OptionMapping.objects.filter(pk=option_mapping.pk)
    if row_version is not None:
        found = found.filter(row_version=row_version)
    if not found.delete()[0]:
        raise Stale(str(option_mapping.pk))
    audit("option_mapping_delete", target=target, old={"value": option_mapping.option_value})


def _check_label(mapping: IntegrationTableMapping, label: str, value: int | None) -> None:
    """A label has no comma, and its beginning, which codes keep of it, is that of no other option. Raises Rejected."""
    if "," in label:
        raise Rejected([FieldError("label", "option_comma", {"value": label})])
    others = option_rows(mapping).filter(label__istartswith=label[:CODE_LENGTH]).exclude(value=value)
    for other in others.values_list("label", flat=True):
        if str(other)[:CODE_LENGTH].casefold() == label[:CODE_LENGTH].casefold():
            raise Rejected([FieldError("label", "option_beginning", {"value": label, "other": str(other)})])


def option_label(mapping: IntegrationTableMapping, value: int) -> str | None:
    """The label of an option of the mapping's option set; None when the set has no such value."""
    found = option_rows(mapping).filter(value=value).values_list("label", flat=True).first()
    return None if found is None else str(found)


def option_rows(mapping: IntegrationTableMapping) -> Any:
    """The options of the mapping's option set (a queryset)."""
    key = option_key(mapping)
    assert key is not None
    return model_of(OPTION_VALUES).objects.filter(entityname=key.entity, attributename=key.attribute)


def _new_value(mapping: IntegrationTableMapping, label: str) -> int:
    key = option_key(mapping)
    assert key is not None
    values = {"entityname": key.entity, "attributename": key.attribute, "label": label}
    row = writes.insert(OPTION_VALUES, [values], source="sync").single()
    return int(row.new["value"])


def _refuse_taken(mapping: IntegrationTableMapping, **criteria: Any) -> None:
    found = OptionMapping.objects.filter(mapping=mapping, **criteria).first()
    if found is not None:
        names = record_keys(mapping.erp_table, [found.erp_id])
        raise Refused("already_coupled", {"record": found.label, "partner": names.get(str(found.erp_id), "")})


def _store(row: dict[str, Any]) -> str:
    try:
        return writes.insert(OptionMapping, [row], source="setup").single().pk
    except IntegrityError as error:
        raise Refused("already_coupled", {"record": row["label"], "partner": ""}) from error
