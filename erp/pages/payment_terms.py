"""Payment terms: list and card."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from pages import CardPage, FastTab, Help, ListPage, register


@register
class PaymentTermsList(ListPage):
    """All payment terms."""

    name = "erp.payment_terms.list"
    model = "erp.PaymentTerms"
    path = "erp/payment-terms/"
    title = _("Payment Terms")
    card = "erp.payment_terms.card"
    menu = ("finance", 30)
    icon = "calendar_clock"
    keywords = _("payment terms, due date, discount")
    help = Help(
        _(
            "When an invoice is due and which discount is given for early payment. Date formulas look like "
            "30D, 1M+8D or CM."
        )
    )
    columns = (
        "code", "due_date_calculation", "discount_date_calculation", "discount_pct", "description",
        "calc_pmt_disc_on_cr_memos", "last_modified_date_time",
    )  # fmt: skip


@register
class PaymentTermsCard(CardPage):
    """One set of payment terms."""

    name = "erp.payment_terms.card"
    model = "erp.PaymentTerms"
    path = "erp/payment-terms/<uuid:pk>/"
    title = _("Payment Terms Card")
    list = "erp.payment_terms.list"
    # fmt: off
    fasttabs = (
        FastTab(
            "general",
            _("General"),
            (
                "code", "description", "due_date_calculation", "discount_date_calculation", "discount_pct",
                "calc_pmt_disc_on_cr_memos", "last_modified_date_time",
            ),
            summary=("code", "description"),
        ),
    )
    # fmt: on
