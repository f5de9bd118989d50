"""Byte scanners: in C inside a contract, in plain Python elsewhere. Same names, same answers."""

try:
    from _attestation import (
        common_name,
        entries,
        extensions,
        json,
        lists_serial,
        pem,
        seconds,
        signed_object,
        svns,
        tlvs,
    )
except ImportError:
    from tee_attestation_verifier.plain import (
        common_name,
        entries,
        extensions,
        lists_serial,
        pem,
        seconds,
        signed_object,
        svns,
        tlvs,
    )
    from tee_attestation_verifier.plain_json import json

__all__ = [
    "common_name",
    "entries",
    "extensions",
    "json",
    "lists_serial",
    "pem",
    "seconds",
    "signed_object",
    "svns",
    "tlvs",
]
