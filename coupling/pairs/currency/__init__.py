"""ERP currencies and CRM transaction currencies."""
