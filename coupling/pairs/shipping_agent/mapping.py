"""SHIPPING AGENT: an option mapping; each code becomes a value of the CRM option set."""

from coupling.declare import TO_CRM, Line, TableMapping

MAPPING = TableMapping(
    name="SHIPPING AGENT",
    erp_table="erp.ShippingAgent",
    crm_table="crm.Account",
    crm_key_field="address1_shippingmethodcode",
    direction=TO_CRM,
    create_new_in_case_of_no_match=True,
    synch_after_bulk_coupling=True,
    inactivity_minutes=1440,
    lines=(
        Line(
            erp_field="code", crm_field="address1_shippingmethodcode", direction=TO_CRM, validate_erp=True, match=True
        ),
    ),
)
