"""ERP shipment methods and the option set `address1_freighttermscode` of accounts and contacts."""
