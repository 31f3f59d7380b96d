"""ERP shipping agents and the option set `address1_shippingmethodcode` of accounts and contacts."""
