"""Measurements with stable names: gas, size, speed."""
