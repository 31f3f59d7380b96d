"""Tests of SHIPMENT METHOD."""
