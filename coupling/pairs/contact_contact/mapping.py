"""CONTACT: people of companies that are customers, in both directions; the company follows by hook."""

from coupling.declare import FROM_CRM, TO_CRM, Line, TableMapping

MAPPING = TableMapping(
    name="CONTACT",
    erp_table="erp.Contact",
    crm_table="crm.Contact",
    crm_key_field="contactid",
    depends_on=("CUSTOMER", "VENDOR"),
    table_filter="type=1,company_no=<>''",
    integration_table_filter=(
        "statecode=0,parentcustomerid=<>'',parentcustomeridtype=account,bcbi_companyid={company}|''"
    ),
    lines=(
        Line(crm_field="owneridtype", direction=TO_CRM, constant="systemuser", person_only=True),
        Line(
            erp_field="salesperson_code",
            crm_field="ownerid",
            direction=TO_CRM,
            validate_erp=True,
            not_null=True,
            person_only=True,
        ),
        Line(erp_field="currency_code", crm_field="transactioncurrencyid", validate_erp=True),
        Line(erp_field="address", crm_field="address1_line1", validate_erp=True, truncate=True),
        Line(erp_field="address_2", crm_field="address1_line2", validate_erp=True, truncate=True),
        Line(erp_field="post_code", crm_field="address1_postalcode", validate_erp=True),
        Line(erp_field="city", crm_field="address1_city", validate_erp=True, truncate=True),
        Line(erp_field="country_region_code", crm_field="address1_country"),
        Line(erp_field="county", crm_field="address1_stateorprovince", validate_erp=True, truncate=True),
        Line(erp_field="e_mail", crm_field="emailaddress1", validate_erp=True),
        Line(erp_field="fax_no", crm_field="fax", validate_erp=True, truncate=True),
        Line(erp_field="first_name", crm_field="firstname", validate_erp=True, truncate=True),
        Line(erp_field="middle_name", crm_field="middlename", validate_erp=True, truncate=True),
        Line(erp_field="surname", crm_field="lastname", validate_erp=True, truncate=True),
        Line(erp_field="home_page", crm_field="websiteurl", validate_erp=True),
        Line(erp_field="mobile_phone_no", crm_field="mobilephone", validate_erp=True, truncate=True),
        Line(erp_field="pager", crm_field="pager", validate_erp=True, truncate=True),
        Line(erp_field="phone_no", crm_field="telephone1", validate_erp=True, truncate=True),
        Line(erp_field="type", direction=FROM_CRM, constant="1", validate_erp=True),
        Line(crm_field="parentcustomeridtype", direction=TO_CRM, constant="account"),
        Line(erp_field="salutation_code", crm_field="salutation", validate_erp=True, enabled=False),
    ),
)
