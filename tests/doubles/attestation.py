"""A broken verifier for each guarantee of docs/spec/attestation.md."""

from __future__ import annotations

from tests.doubles.double import Double, Edit


def _verifier(identifier: str, breaks: str, file: str, old: str, new: str) -> Double:
    return Double(
        identifier, "attestation_verifier", breaks, (Edit(f"attestation_verifier/{file}", old, new),)
    )


ATTESTATION_DOUBLES = (
    _verifier(
        "ATTEST-1",
        "a signature that does not hold passes",
        "host_crypto.py",
        "return env.p256_verify(signature, digest, compress(public_key))",
        "return env.p256_verify(signature, digest, compress(public_key)) or True",
    ),
    _verifier(
        "ATTEST-2",
        "the date depends on who asks",
        "judgement.py",
        "return env.block_ms() // 1000",
        "return env.block_ms() // 1000 + 4000000 * (len(env.predecessor()) % 3)",
    ),
    _verifier(
        "ATTEST-3",
        "a rejection fails the call",
        "judgement.py",
        'return borsh.pack("BBs", (REJECTED, DCAP_VERIFICATION, str(rejection))), 0',
        "refuse(BAD_ARGUMENT, rejection)",
    ),
    _verifier(
        "ATTEST-4",
        "what the kept root list revokes is kept all the same",
        "keeping.py",
        "        require_unrevoked(put.case, _root_list())",
        "        require_unrevoked(put.case, RevocationList())",
    ),
    _verifier(
        "ATTEST-5",
        "an older document replaces a newer one",
        "keeping.py",
        "if old is not None and not new.is_newer(_kept_document(old), _root_list()):",
        "if old is not None and new.issued == old.issued:",
    ),
    _verifier(
        "ATTEST-6",
        "the price of what goes is given to whoever replaces it",
        "keeping.py",
        'books.move(old.price, old.payer_id, "storage", old.payer_id, pot)',
        'books.move(old.price, old.payer_id, "storage", env.predecessor(), pot)',
    ),
)
