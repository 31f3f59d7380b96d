"""SALESPEOPLE: system users who may work become salespeople; nothing goes back."""

from coupling.declare import FROM_CRM, Line, TableMapping

MAPPING = TableMapping(
    name="SALESPEOPLE",
    erp_table="erp.SalespersonPurchaser",
    crm_table="crm.SystemUser",
    crm_key_field="systemuserid",
    direction=FROM_CRM,
    integration_table_filter="isdisabled=false,islicensed=true,isintegrationuser=false",
    inactivity_minutes=1440,
    person_only=True,
    lines=(
        Line(erp_field="e_mail", crm_field="internalemailaddress", direction=FROM_CRM, validate_erp=True),
        Line(erp_field="name", crm_field="fullname", direction=FROM_CRM, validate_erp=True, truncate=True),
        Line(erp_field="phone_no", crm_field="mobilephone", direction=FROM_CRM, validate_erp=True, truncate=True),
        Line(erp_field="job_title", crm_field="jobtitle", validate_erp=True, truncate=True, enabled=False),
        Line(erp_field="e_mail_2", crm_field="personalemailaddress", validate_erp=True, enabled=False),
    ),
)
