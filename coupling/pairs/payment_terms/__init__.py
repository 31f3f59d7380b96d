"""ERP payment terms and the option set `paymenttermscode` of accounts and contacts."""
