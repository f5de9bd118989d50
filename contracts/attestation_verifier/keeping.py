"""`put_collateral`: check once, keep what is newer, let whoever stores pay, give the superseded payer its price back.

Nothing goes back: a list gives way only to a later one, a document only to a later issue of the same evaluation.
Evaluations of one document stand side by side, at most MAX_EVALUATIONS; what has expired makes room first, then
the lowest number.
"""

from common import env
from common.cashier import require_covered
from common.errors import BAD_ARGUMENT, refuse, require
from common.stake import entry_bytes, storage_cost
from sealwright_protocol import borsh
from tee_attestation_verifier.crl import RevocationList
from tee_attestation_verifier.errors import Rejection
from tee_attestation_verifier.intel import kept
from tee_attestation_verifier.intel.case import CollateralCase
from tee_attestation_verifier.intel.collateral import Collateral
from tee_attestation_verifier.intel.kept import KeptDocument, KeptList, KeptQeIdentity, KeptTcbInfo
from tee_attestation_verifier.intel.stored import check_collateral, require_unrevoked
from tee_attestation_verifier.x509 import Certificate

from attestation_verifier import errors, events, forms, state
from attestation_verifier.host_crypto import HOST_CRYPTO
from attestation_verifier.keeper import QE_PLACES, TCB_PLACES, authority_key, kept_list
from attestation_verifier.roots import trusted
from attestation_verifier.state import CrlRecord, DocumentRecord, Issuer, Shelf

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from common.ledger import Books

ARGUMENTS = "bbbbbbbbb<b>"
MAX_EVALUATIONS = 16
MAX_RECORDS = 10_000
"""Parts that one account may have paid for at a time."""
ROW_BYTES = 12
ISSUER_BYTES = entry_bytes(33, 32)
SHELF_BYTES = entry_bytes(1 + 7, 4)
"""Each document pays for its row and for the whole shelf: whichever of them is last keeps it alive."""
CRL_NUMBER_BYTES = 20
"""The longest CRL number that RFC 5280 (5.2.3) allows."""


class Put:
    """One call of `put_collateral`: the checked collateral, the books, and what was kept."""

    def __init__(self, case: CollateralCase, books: "Books", payer_id: str) -> None:
        """`payer_id` pays for what is kept."""
        self.case, self.books, self.payer_id = case, books, payer_id
        self.kept: list[str] = []

    def charge(self, size: int) -> int:
        """Set the price of `size` bytes of state aside."""
        price = storage_cost(size)
        self.books.attach(self.payer_id, MAX_RECORDS)
        self.books.hold_storage(self.payer_id, price)
        return price


def put_collateral(data: bytes) -> None:
    """Check the collateral and keep every part that is newer; see contract.py."""
    case = _checked(data)
    books = state.LEDGER.open()
    payer_id = env.predecessor()
    if env.deposit():
        books.deposit(payer_id, env.deposit())
    put = Put(case, books, payer_id)
    _put_root_list(put)
    _require_unrevoked(put)
    _put_pck_list(put)
    _put_tcb_info(put)
    _put_qe_identity(put)
    require(put.kept, errors.COLLATERAL_NOT_NEWER)
    books.save()
    require_covered(books)
    _report(put)


def prune(place: bytes) -> int:
    """Drop what has expired on one shelf; returns how many evaluations went."""
    shelf = state.SHELVES.get(place)
    if shelf is None:
        return 0
    books = state.LEDGER.open()
    gone = make_room(books, place, shelf, env.block_ms() // 1000, MAX_EVALUATIONS + 1)
    if gone:
        if shelf.rows:
            state.SHELVES.put(place, shelf)
        else:
            state.SHELVES.remove(place)
        books.save()
        events.emit("collateral_pruned", {"place": place.hex(), "pruned": gone})
    return gone


def _checked(data: bytes) -> CollateralCase:
    try:
        values = borsh.unpack(ARGUMENTS, data)
    except ValueError as error:
        refuse(BAD_ARGUMENT, "data: " + str(error))
    try:
        return check_collateral(Collateral(*values), env.block_ms() // 1000, trusted(), HOST_CRYPTO)
    except Rejection as rejection:
        refuse(errors.COLLATERAL_REJECTED, rejection)


def _put_root_list(put: Put) -> None:
    new, old = kept.kept_root_list(put.case), state.ROOT_CRL.find()
    if old is None or new.is_newer(kept_list(old)):
        record = _list_record(put, new, None)
        release(put.books, old)
        record.price = put.charge(entry_bytes(1, len(record.to_borsh())))
        state.ROOT_CRL.put(record)
        put.kept.append("root_crl")


def _put_pck_list(put: Put) -> None:
    new = kept.kept_authority(put.case)
    key = authority_key(new.issuer.subject, new.issuer.public_key)
    issuer = state.ISSUERS.get(key)
    old = None if issuer is None else state.PCK_CRLS.get(issuer.digest)
    if old is None or new.crl.is_newer(kept_list(old)):
        record = _list_record(put, new.crl, new.issuer)
        release(put.books, old)
        record.price = put.charge(ISSUER_BYTES + entry_bytes(33, len(record.to_borsh())))
        if issuer is not None:
            state.PCK_CRLS.remove(issuer.digest)
        state.ISSUERS.put(key, Issuer(new.digest))
        state.PCK_CRLS.put(new.digest, record)
        put.kept.append("pck_crl")


def _root_list() -> RevocationList:
    return RevocationList(state.ROOT_CRL.get().entries)


def _require_unrevoked(put: Put) -> None:
    try:
        require_unrevoked(put.case, _root_list())
    except Rejection as rejection:
        refuse(errors.COLLATERAL_REJECTED, rejection)


def _list_record(put: Put, new: KeptList, issuer: Certificate | None) -> CrlRecord:
    """The record, its price to be set."""
    names = (b"", b"", b"", "")
    if issuer is not None:
        names = (issuer.subject, issuer.public_key, issuer.serial, issuer.common_name)
    if new.number >> 8 * CRL_NUMBER_BYTES:
        refuse(errors.COLLATERAL_REJECTED, "CRL number longer than 20 octets")
    number = new.number.to_bytes(CRL_NUMBER_BYTES, "big")
    window = (new.this_update, new.valid_from, new.valid_until)
    return CrlRecord(put.payer_id, 0, number, *window, new.entries, *names)


def _put_tcb_info(put: Put) -> None:
    new = kept.kept_tcb_info(put.case)
    info = new.info
    if _put_document(
        put, TCB_PLACES[info.kind] + info.fmspc, info.evaluation_number, new, forms.pack_tcb_info
    ):
        put.kept.append("tcb_info")


def _put_qe_identity(put: Put) -> None:
    new = kept.kept_qe_identity(put.case)
    place = QE_PLACES[put.case.tcb_info.kind]
    if _put_document(put, place, new.identity.evaluation_number, new, forms.pack_qe_identity):
        put.kept.append("qe_identity")


def _put_document(
    put: Put, place: bytes, number: int, new: KeptTcbInfo | KeptQeIdentity, pack: "Callable[[Any], bytes]"
) -> bool:
    """Keep a document unless the same evaluation is kept as new; whether it was kept."""
    old = state.DOCUMENTS.get((place, number))
    if old is not None and not new.is_newer(_kept_document(old), _root_list()):
        return False
    shelf = state.SHELVES.get(place) or Shelf([])
    if old is None:
        make_room(put.books, place, shelf, env.block_ms() // 1000, MAX_EVALUATIONS)
    release(put.books, old)
    record = _document_record(put, new, pack)
    rows = [row for row in shelf.rows if row[0] != number]
    rows.append([number, new.valid_until])
    rows.sort()
    shelf.rows = rows
    state.DOCUMENTS.put((place, number), record)
    state.SHELVES.put(place, shelf)
    return True


def _document_record(
    put: Put, new: KeptTcbInfo | KeptQeIdentity, pack: "Callable[[Any], bytes]"
) -> DocumentRecord:
    try:
        form = pack(new.identity if isinstance(new, KeptQeIdentity) else new.info)
    except ValueError as error:
        refuse(errors.COLLATERAL_REJECTED, error)
    signer = new.signer_serial
    record = DocumentRecord(put.payer_id, 0, signer, new.valid_from, new.valid_until, new.issued, form)
    size = entry_bytes(1 + 7 + 8, len(record.to_borsh())) + ROW_BYTES + SHELF_BYTES
    record.price = put.charge(size)
    return record


def _kept_document(record: DocumentRecord) -> KeptDocument:
    return KeptDocument(record.issued, record.signer_serial, record.valid_from, record.valid_until)


def make_room(books: "Books", place: bytes, shelf: Shelf, now: int, most: int) -> int:
    """Drop what has expired and, while `most` remain, the lowest evaluation; returns how many went."""
    old = shelf.rows
    fresh = [row for row in old if now < row[1]]
    shelf.rows = fresh[max(len(fresh) + 1 - most, 0) :]
    gone = [row[0] for row in old if row not in shelf.rows]
    for number in gone:
        release(books, state.DOCUMENTS.get((place, number)))
        state.DOCUMENTS.remove((place, number))
    return len(gone)


def release(books: "Books", old: CrlRecord | DocumentRecord | None) -> None:
    """Give the price of a part that goes back to whoever paid it.

    To the caller itself it is prepaid again, so that a key which cannot attach deposits renews its own parts for
    ever; to anybody else it is owed, for that account may be unable to ask.
    """
    if old is not None:
        pot = "prepaid" if old.payer_id == env.predecessor() else "owed"
        books.move(old.price, old.payer_id, "storage", old.payer_id, pot)
        books.detach(old.payer_id)


def _report(put: Put) -> None:
    info = put.case.tcb_info
    data = {
        "payer_id": put.payer_id,
        "kept": put.kept,
        "tee": info.kind,
        "fmspc": info.fmspc.hex(),
        "evaluation_number": info.evaluation_number,
        "valid_until_ms": put.case.valid_until * 1000,
    }
    events.emit("collateral_kept", data)
