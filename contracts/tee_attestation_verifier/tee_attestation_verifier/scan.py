"""Byte scanners: in C inside a contract, in plain Python elsewhere. Same names, same answers."""

try:
    from _attestation import base64, json, lists_serial, tlvs
except ImportError:
    from tee_attestation_verifier.plain import base64, json, lists_serial, tlvs

__all__ = ["base64", "json", "lists_serial", "tlvs"]
