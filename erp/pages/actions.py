"""Actions of customers and contacts: from the one to the other, and how a contact becomes a customer."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from erp.rules.company_contact import contacts_of, customers_of
from erp.selectors.customer import customer_key
from erp.services.contact import contact_create_customer, contact_link_customer, refusal_to_link
from pages import Action, ActionGroup, DialogPage, Done, Selection, register
from records.messages import text
from records.values import address

CUSTOMER = ActionGroup("customer", _("Customer"), icon="contact_card", order=20)
RELATED = ActionGroup("related", _("Contact"), icon="contact_card", order=20)


def _contact_address(_request: HttpRequest, selection: Selection) -> str:
    found = contacts_of(selection.pks[:1])
    return address("erp.Contact", found[selection.pks[0]].pk) if found else ""


def _no_contact(_request: HttpRequest, selection: Selection) -> Any:
    return None if contacts_of(selection.pks[:1]) else _("The customer has no contact.")


def _customer_address(_request: HttpRequest, selection: Selection) -> str:
    found = customers_of(selection.pks[:1])
    return address("erp.Customer", found[selection.pks[0]]) if found else ""


def _no_customer(_request: HttpRequest, selection: Selection) -> Any:
    return None if customers_of(selection.pks[:1]) else _("The contact is not a customer.")


def _cannot_link(_request: HttpRequest, selection: Selection) -> str | None:
    refused = refusal_to_link(selection.pks[0]) if selection.count == 1 else None
    return text(refused.code, refused.params) if refused else None


def _create_customer(_request: HttpRequest, selection: Selection) -> Done:
    customer = contact_create_customer(contact=selection.pks[0])
    return Done(_("The customer has been created."), url=address("erp.Customer", customer))


OPEN_CONTACT = Action(
    "open_contact",
    _("Contact"),
    url=_contact_address,
    scope="one",
    right="view",
    group="customer",
    icon="person",
    disabled=_no_contact,
)
OPEN_CUSTOMER = Action(
    "open_customer",
    _("Customer"),
    url=_customer_address,
    scope="one",
    right="view",
    group="related",
    icon="person",
    disabled=_no_customer,
)
CREATE_CUSTOMER = Action(
    "create_customer",
    _("Create as Customer"),
    run=_create_customer,
    scope="one",
    group="related",
    icon="add",
    disabled=_cannot_link,
    confirm=_("Do you want to create a customer with the values of this contact?"),
    keywords=_("create customer, contact"),
)
LINK_CUSTOMER = Action(
    "link_customer",
    _("Link with Existing Customer"),
    dialog="erp.contact.link_customer",
    scope="one",
    group="related",
    icon="link",
    disabled=_cannot_link,
    keywords=_("link customer, contact"),
)
CONTACT_ACTIONS = (OPEN_CUSTOMER, CREATE_CUSTOMER, LINK_CUSTOMER)


class LinkCustomerForm(forms.Form):
    """Which customer, and whose values win."""

    customer = forms.CharField(label=_("Customer No."), max_length=20)
    keep = forms.ChoiceField(
        label=_("Keep the Values of"),
        choices=[("customer", _("Customer")), ("contact", _("Contact"))],
        initial="customer",
        widget=forms.RadioSelect,
    )


@register
class LinkCustomerDialog(DialogPage):
    """Relate a contact with a customer that has no contact yet."""

    name = "erp.contact.link_customer"
    path = "erp/contacts/link-customer/"
    title = _("Link with Existing Customer")
    lead = _("Name, address and numbers of the two become equal.")
    form_class = LinkCustomerForm

    def submit(self, _request: HttpRequest, selection: Selection | None, form: forms.Form | None) -> Done:
        """Link the chosen contact."""
        assert selection is not None
        assert form is not None
        values = form.cleaned_data
        customer = customer_key(values["customer"])
        contact_link_customer(contact=selection.pks[0], customer=customer, keep=values["keep"])
        return Done(_now("The contact is linked with customer %(no)s.") % {"no": values["customer"].strip().upper()})
