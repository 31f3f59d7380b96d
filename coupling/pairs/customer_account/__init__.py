"""ERP customers and CRM accounts."""
