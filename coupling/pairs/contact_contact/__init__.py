"""ERP contacts (people of a company) and CRM contacts."""
