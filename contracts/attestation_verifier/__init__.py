"""Attestation verifier: judges TEE quotes on chain; see contract.py."""
