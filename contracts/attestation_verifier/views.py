"""Kept collateral as readers see it."""

from common.errors import BAD_ARGUMENT, refuse
from sealwright_protocol.types import U32, AccountId, TimestampMs, Yocto
from tee_attestation_verifier.binary import from_hex, to_hex

from attestation_verifier import state
from attestation_verifier.keeper import QE_PLACES, TCB_PLACES
from attestation_verifier.shapes import KeptCollateralView, KeptCrlView, KeptDocumentView
from attestation_verifier.state import CrlRecord, DocumentRecord

FMSPC_BYTES = 6


def collateral(tee: str, fmspc: str, authority: bytes | None) -> KeptCollateralView:
    """Everything that a verdict on a quote of this kind and family would rest on."""
    root = state.ROOT_CRL.find()
    issuer = None if authority is None else state.ISSUERS.get(authority)
    pck = None if issuer is None else state.PCK_CRLS.get(issuer.digest)
    return {
        "root_crl": None if root is None else _list(root),
        "pck_crl": None if pck is None else _list(pck),
        "tcb_infos": _shelf(tcb_place(tee, fmspc)),
        "qe_identities": _shelf(qe_place(tee)),
    }


def tcb_place(tee: str, fmspc: str) -> bytes:
    """Where TCB info of a kind ("SGX", "TDX") and family (12 hexadecimal digits) stands; refuses BAD_ARGUMENT."""
    try:
        return TCB_PLACES[tee] + from_hex(fmspc, FMSPC_BYTES)
    except (KeyError, ValueError):
        refuse(BAD_ARGUMENT, "tee SGX or TDX, fmspc 12 hexadecimal digits")


def qe_place(tee: str) -> bytes:
    """Where QE identities of a kind stand; refuses BAD_ARGUMENT."""
    if tee not in QE_PLACES:
        refuse(BAD_ARGUMENT, "tee: SGX or TDX")
    return QE_PLACES[tee]


def _shelf(place: bytes) -> list[KeptDocumentView]:
    shelf = state.SHELVES.get(place)
    found = []
    for number, _ in shelf.rows if shelf is not None else ():
        record = state.DOCUMENTS.get((place, number))
        if record is not None:
            found.append(_document(number, record))
    return found


def _list(record: CrlRecord) -> KeptCrlView:
    return {
        "payer_id": AccountId(record.payer_id),
        "price": Yocto(record.price),
        "crl_number": to_hex(record.number),
        "this_update_ms": TimestampMs(record.this_update * 1000),
        "valid_from_ms": TimestampMs(record.valid_from * 1000),
        "valid_until_ms": TimestampMs(record.valid_until * 1000),
    }


def _document(number: int, record: DocumentRecord) -> KeptDocumentView:
    return {
        "payer_id": AccountId(record.payer_id),
        "price": Yocto(record.price),
        "evaluation_number": U32(number),
        "issued_ms": TimestampMs(record.issued * 1000),
        "valid_from_ms": TimestampMs(record.valid_from * 1000),
        "valid_until_ms": TimestampMs(record.valid_until * 1000),
    }
