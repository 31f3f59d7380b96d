"""Lists of options that several tables share, as {value: (member name, caption)}."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

CONTACT_COMPANY, CONTACT_PERSON = 0, 1
CONTACT_TYPE = {CONTACT_COMPANY: ("Company", _("Company")), CONTACT_PERSON: ("Person", _("Person"))}

BLOCKED_NONE, BLOCKED_ALL = 0, 3
BLOCKED = {
    BLOCKED_NONE: ("", ""),
    1: ("Ship", _("Ship")),
    2: ("Invoice", _("Invoice")),
    BLOCKED_ALL: ("All", _("All")),
}

LINK_NONE, LINK_CUSTOMER, LINK_VENDOR = 0, 1, 2
LINK_TO_TABLE = {
    LINK_NONE: ("", ""),
    LINK_CUSTOMER: ("Customer", _("Customer")),
    LINK_VENDOR: ("Vendor", _("Vendor")),
    3: ("Bank Account", _("Bank Account")),
    4: ("Employee", _("Employee")),
}

RELATION_NONE, RELATION_OTHER, RELATION_MULTIPLE = 100, 101, 102
CONTACT_BUSINESS_RELATION = {
    **LINK_TO_TABLE,
    RELATION_NONE: ("None", _("None")),
    RELATION_OTHER: ("Other", _("Other")),
    RELATION_MULTIPLE: ("Multiple", _("Multiple")),
}

CORRESPONDENCE_TYPE = {0: ("", ""), 1: ("Hard Copy", _("Hard Copy")), 2: ("Email", _("Email"))}

ADDRESS_FORMAT = {
    0: ("Post Code+City", _("Post Code+City")),
    1: ("City+Post Code", _("City+Post Code")),
    2: ("City+County+Post Code", _("City+County+Post Code")),
    3: ("Blank Line+Post Code+City", _("Blank Line+Post Code+City")),
}
COUNTRY_ADDRESS_FORMAT = {**ADDRESS_FORMAT, 13: ("Custom", _("Custom"))}
