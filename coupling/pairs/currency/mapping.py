"""CURRENCY: codes, symbols and names go to CRM; the exchange rate follows by hook."""

from coupling.declare import TO_CRM, Line, TableMapping

MAPPING = TableMapping(
    name="CURRENCY",
    erp_table="erp.Currency",
    crm_table="crm.TransactionCurrency",
    crm_key_field="transactioncurrencyid",
    direction=TO_CRM,
    create_new_in_case_of_no_match=True,
    synch_after_bulk_coupling=True,
    lines=(
        Line(erp_field="code", crm_field="isocurrencycode", direction=TO_CRM, validate_erp=True, match=True),
        Line(erp_field="symbol", crm_field="currencysymbol", direction=TO_CRM, validate_erp=True),
        Line(erp_field="description", crm_field="currencyname", direction=TO_CRM, validate_erp=True),
    ),
)
