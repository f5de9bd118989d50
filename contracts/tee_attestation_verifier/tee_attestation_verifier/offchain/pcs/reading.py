"""Each kind of item: parsed as strictly as the verifier does, held against what was asked for, dated."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from tee_attestation_verifier.errors import Rejection
from tee_attestation_verifier.members import items, members, number, text
from tee_attestation_verifier.offchain.inventory import (
    PCK_CHAIN,
    SIGNER_CHAIN,
    Item,
    chain_items,
    crl_item,
    qe_identity_item,
    tcb_info_item,
    window,
)
from tee_attestation_verifier.offchain.pcs.answers import Received, revocation_list, signed_object
from tee_attestation_verifier.offchain.pcs.errors import PcsError
from tee_attestation_verifier.offchain.pcs.platform import TDX, PlatformId
from tee_attestation_verifier.offchain.pcs.services import Evaluation
from tee_attestation_verifier.scan import json
from tee_attestation_verifier.times import iso_time

MAX_NUMBERS = 64


@dataclass(frozen=True)
class Piece:
    """A part of collateral: DER of a list, or a verbatim object with its signature; its chain; what it depends on."""

    content: bytes
    chain: str
    signature: bytes
    valid_from: int
    valid_until: int


@dataclass(frozen=True)
class EvaluationNumber:
    """A tcbEvaluationDataNumber that Intel serves, and when the event behind it began (unix seconds)."""

    number: int
    recovery_event: int


@dataclass(frozen=True)
class EvaluationNumbers:
    """The numbers in Intel's order, newest first, and the list's own window."""

    numbers: tuple[EvaluationNumber, ...]
    valid_from: int
    valid_until: int


def read_root_crl(received: Received) -> Piece:
    """The root's list. Raises PcsError PCS_MALFORMED."""
    with _malformed(received):
        encoding = revocation_list(received.body)
        return _piece(received, encoding, b"", [crl_item("root CRL", encoding)])


def read_pck_crl(received: Received, platform: PlatformId) -> Piece:
    """The list of the platform's PCK CA. Raises PcsError PCS_MALFORMED, PCS_MISMATCH."""
    with _malformed(received):
        encoding = revocation_list(received.body)
        item = crl_item("PCK CRL", encoding)
        _require(platform.ca in item.signed_by.lower(), f"the list is that of {item.signed_by}", received)
        return _piece(received, encoding, b"", [item])


def read_tcb_info(received: Received, platform: PlatformId, evaluation: Evaluation) -> Piece:
    """The platform's TCB info. Raises PcsError PCS_MALFORMED, PCS_MISMATCH."""
    with _malformed(received):
        document, signature = signed_object(received.body, "tcbInfo")
        item = tcb_info_item(document.encode(), received.chain.encode())
        _require(item.facts["fmspc"] == platform.fmspc.hex(), f"for FMSPC {item.facts['fmspc']}", received)
        _require(item.facts["tee"] == platform.tee, f"for {item.facts['tee']}", received)
        _require_number(item, evaluation, received)
        return _piece(received, document.encode(), signature, [item])


def read_qe_identity(received: Received, tee: str, evaluation: Evaluation) -> Piece:
    """The identity of the TEE's quoting enclave. Raises PcsError PCS_MALFORMED, PCS_MISMATCH."""
    with _malformed(received):
        document, signature = signed_object(received.body, "enclaveIdentity")
        item = qe_identity_item(document.encode(), received.chain.encode())
        wanted = "TD_QE" if tee == TDX else "QE"
        _require(item.facts["enclave"] == wanted, f"for enclave {item.facts['enclave']}", received)
        _require_number(item, evaluation, received)
        return _piece(received, document.encode(), signature, [item])


def read_pck_chain(received: Received) -> Piece:
    """A PCK certificate with its issuers, as one PEM chain. Raises PcsError PCS_MALFORMED."""
    with _malformed(received):
        chain = received.body + b"\n" + received.chain.encode()
        return _piece(received, chain, b"", chain_items(chain, PCK_CHAIN, "PCK chain"))


def read_numbers(received: Received, tee: str) -> EvaluationNumbers:
    """The evaluation numbers of a TEE. Raises PcsError PCS_MALFORMED, PCS_MISMATCH.

    The list is signed like TCB info, but only says what may be asked for, so nothing rests on its signature.
    """
    with _malformed(received):
        document, _ = signed_object(received.body, "tcbEvaluationDataNumbers")
        listed = members(json(document.encode()))
        _require(text(listed, "id") == tee, f"for {text(listed, 'id')}", received)
        found = []
        for each in items(listed, "tcbEvalNumbers", MAX_NUMBERS):
            entry = members(each)
            event = iso_time(text(entry, "tcbRecoveryEventDate"))
            found.append(EvaluationNumber(number(entry, "tcbEvaluationDataNumber", 0xFFFFFFFF), event))
        times = (iso_time(text(listed, name)) for name in ("issueDate", "nextUpdate"))
        return EvaluationNumbers(tuple(found), *times)


def _piece(received: Received, content: bytes, signature: bytes, parts: list[Item]) -> Piece:
    if received.chain:
        parts = [*parts, *chain_items(received.chain.encode(), SIGNER_CHAIN, "issuer chain")]
    return Piece(content, received.chain, signature, *window(parts))


def _require(fits: bool, what: str, received: Received) -> None:
    if not fits:
        raise PcsError("PCS_MISMATCH", what, received.url)


def _require_number(item: Item, evaluation: Evaluation, received: Received) -> None:
    """An evaluation that was asked for by number is that one: a cache may ignore the parameter."""
    found = item.facts["evaluation"]
    if isinstance(evaluation, int):
        _require(found == evaluation, f"evaluation {found} instead of {evaluation}", received)


@contextmanager
def _malformed(received: Received) -> Iterator[None]:
    try:
        yield
    except (Rejection, ValueError) as wrong:
        raise PcsError("PCS_MALFORMED", str(wrong), received.url) from wrong
