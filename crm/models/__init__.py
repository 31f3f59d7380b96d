"""The tables of the Sales side, one module per table."""

from crm.models.account import Account
from crm.models.contact import Contact
from crm.models.option_value import OptionValue
from crm.models.organization import BusinessUnit, Company, Team
from crm.models.system_user import SystemUser
from crm.models.transaction_currency import TransactionCurrency

__all__ = [
    "Account", "BusinessUnit", "Company", "Contact", "OptionValue", "SystemUser", "Team", "TransactionCurrency",
]  # fmt: skip
