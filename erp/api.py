"""The tables of this side in the API; everything about them follows from their declarations."""

from __future__ import annotations

from typing import Any

from rest_framework.decorators import action
from rest_framework.response import Response

from erp.selectors.customer import customer_key
from erp.services.contact import contact_create_customer, contact_link_customer
from pages.api import TableViewSet, body_object, register_api
from records.errors import FieldError, Rejected
from records.values import fetch, present

TABLES = (
    "erp.CompanyInformation",
    "erp.GeneralLedgerSetup",
    "erp.SalesReceivablesSetup",
    "erp.PurchasesPayablesSetup",
    "erp.MarketingSetup",
    "erp.NoSeries",
    "erp.NoSeriesLine",
    "erp.Customer",
    "erp.BusinessRelation",
    "erp.ContactBusinessRelation",
    "erp.SalespersonPurchaser",
    "erp.Currency",
    "erp.CurrencyExchangeRate",
    "erp.PaymentTerms",
    "erp.ShipmentMethod",
    "erp.ShippingAgent",
    "erp.Territory",
    "erp.CountryRegion",
    "erp.PostCode",
)


class ContactApi(TableViewSet):
    """Contacts, and their actions with customers."""

    @action(detail=True, methods=["post"], url_path="create-customer")
    def create_customer(self, _request: Any, pk: str) -> Response:
        """Create as Customer: 201 with the customer; 409 says why the contact cannot become one."""
        customer = contact_create_customer(contact=self.find(pk).pk, source="api")
        return Response(present("erp.Customer", fetch("erp.Customer", [customer]))[0], status=201)

    @action(detail=True, methods=["post"], url_path="link-customer")
    def link_customer(self, request: Any, pk: str) -> Response:
        """Link with Existing Customer: `{"customer": "<no>", "keep": "customer" | "contact"}`; answers the contact."""
        contact = self.find(pk).pk
        body = body_object(request)
        keep = body.get("keep", "customer")
        if keep not in ("customer", "contact"):
            raise Rejected([FieldError("keep", "invalid_option", {"value": str(keep)[:50]})])
        contact_link_customer(contact=contact, customer=customer_key(body.get("customer")), keep=keep, source="api")
        return self.answer(contact)


def register() -> None:
    """Offer all tables; called once, when the app is ready."""
    for label in TABLES:
        register_api(label)
    register_api("erp.Contact", ContactApi)
