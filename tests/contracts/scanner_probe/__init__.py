"""Test support: the verifier's C scanners, one method each way."""
