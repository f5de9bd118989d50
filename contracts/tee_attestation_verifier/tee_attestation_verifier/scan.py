"""Byte scanners: in C inside a contract, by CPython's means off chain, else in plain Python. Same names and answers."""

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
        pem,
        seconds,
        signed_object,
        svns,
        tlvs,
    )

    try:
        from tee_attestation_verifier.cpython import json, lists_serial
    except ImportError:
        from tee_attestation_verifier.plain import lists_serial
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
