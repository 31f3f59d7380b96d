"""Company Information."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from erp.pages.places import places
from pages import CardPage, FastTab, Help, More, register


@register
class CompanyInformationCard(CardPage):
    """The company of this installation."""

    name = "erp.company_information.card"
    model = "erp.CompanyInformation"
    path = "erp/company-information/"
    title = _("Company Information")
    menu = ("setup", 10)
    icon = "building"
    keywords = _("company, address, bank, VAT")
    help = Help(_("Name, address and bank of your company."))
    suggestions = {**places(), **places("ship_to_")}
    # fmt: off
    fasttabs = (
        FastTab(
            "general",
            _("General"),
            (
                "name", More("name_2"), "address", "address_2", "city", "county", "post_code",
                "country_region_code", "contact_person", "phone_no", "vat_registration_no", More("gln"),
                More("eori_number"), More("industrial_classification"), More("registration_no"),
            ),
            summary=("name", "city"),
        ),
        FastTab(
            "communication",
            _("Communication"),
            (
                More("phone_no_2"), More("fax_no"), "e_mail", "home_page",
            ),
            summary=("e_mail",),
        ),
        FastTab(
            "payments",
            _("Payments"),
            (
                "allow_blank_payment_info", "bank_name", "bank_branch_no", "bank_account_no",
                "payment_routing_no", "giro_no", "swift_code", "iban",
            ),
            summary=("bank_name", "iban"),
        ),
        FastTab(
            "shipping",
            _("Shipping"),
            (
                "ship_to_name", "ship_to_address", "ship_to_address_2", "ship_to_city", "ship_to_county",
                "ship_to_post_code", "ship_to_country_region_code", "ship_to_contact", "ship_to_phone_no",
                More("location_code"),
            ),
            summary=("ship_to_name", "ship_to_city"),
        ),
    )
    # fmt: on
