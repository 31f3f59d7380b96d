"""Finding customers."""

from __future__ import annotations

from typing import Any

from records.errors import FieldError, Rejected
from records.values import parse


def customer_key(no: Any) -> str:
    """The key of the customer with a number, as a user or caller gives it. Raises Rejected at `customer`."""
    try:
        found = parse("erp.Customer", {"bill_to_customer_no": no}, insert=False)["bill_to_customer_no"]
    except Rejected as rejected:
        raise Rejected([FieldError("customer", e.code, e.params) for e in rejected.errors]) from None
    if found is None:
        raise Rejected([FieldError("customer", "required", {"caption": "@erp.Customer"})])
    return str(found)
