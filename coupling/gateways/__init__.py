"""The two sides of the integration as gateways: plain records in and out, batch first."""
