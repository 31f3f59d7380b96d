"""ERP salespeople and CRM system users; exists only with ownership Person."""
