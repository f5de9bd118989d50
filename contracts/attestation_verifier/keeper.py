"""Finds kept collateral for a quote: the current lists, and of several evaluations the one that was asked for."""

from tee_attestation_verifier.errors import CollateralMissing
from tee_attestation_verifier.intel.collateral_steps import QE_KINDS
from tee_attestation_verifier.intel.kept import Keeper, KeptList, KeptQeIdentity, KeptTcbInfo
from tee_attestation_verifier.x509 import Certificate

from attestation_verifier import forms, state
from attestation_verifier.host_crypto import HOST_CRYPTO
from attestation_verifier.state import CrlRecord, DocumentRecord

TCB_PLACES = {"SGX": state.SGX_TCB, "TDX": state.TDX_TCB}
QE_PLACES = {"SGX": state.SGX_QE + state.NO_FMSPC, "TDX": state.TDX_QE + state.NO_FMSPC}


class StateKeeper(Keeper):
    """Kept collateral in the contract's state at one time (unix seconds).

    Of the evaluations of a document it gives the lowest that is current and at least `minimum`.
    """

    def __init__(self, now: int, minimum: int) -> None:
        """`minimum` is a tcbEvaluationDataNumber, 0 for any."""
        self._now, self._minimum = now, minimum

    def root_list(self) -> KeptList:
        """The root's list; CollateralMissing when none is current."""
        record = state.ROOT_CRL.find()
        if record is None or self._now >= record.valid_until:
            raise CollateralMissing("root CRL")
        return kept_list(record)

    def find_pck_list(self, authority: Certificate) -> KeptList | None:
        """The list of the CA with this subject and key, None when none is current."""
        record = state.PCK_CRLS.get(authority_key(authority))
        return None if record is None or self._now >= record.valid_until else kept_list(record)

    def tcb_info(self, tee: str, fmspc: bytes) -> KeptTcbInfo:
        """TCB info for a kind and processor family; CollateralMissing when none is current."""
        record = self._document(TCB_PLACES[tee] + fmspc, "TCB info")
        info = forms.unpack_tcb_info(record.form, tee)
        return KeptTcbInfo(info, record.signer_serial, record.valid_from, record.valid_until)

    def qe_identity(self, tee: str) -> KeptQeIdentity:
        """The QE identity for a kind; CollateralMissing when none is current."""
        record = self._document(QE_PLACES[tee], "QE identity")
        identity = forms.unpack_qe_identity(record.form, QE_KINDS[tee])
        return KeptQeIdentity(identity, record.signer_serial, record.valid_from, record.valid_until)

    def _document(self, place: bytes, what: str) -> DocumentRecord:
        shelf = state.SHELVES.get(place)
        for number, valid_until in shelf.rows if shelf is not None else ():
            if number >= self._minimum and self._now < valid_until:
                record = state.DOCUMENTS.get((place, number))
                if record is not None:
                    return record
        raise CollateralMissing(what + " of evaluation " + str(self._minimum) + " or later")


def authority_key(authority: Certificate) -> bytes:
    """Where the list of a CA stands: SHA-256 of its subject and key, which a renewed certificate keeps."""
    return HOST_CRYPTO.sha256(authority.subject + authority.public_key)


def kept_list(record: CrlRecord) -> KeptList:
    """The list in a record."""
    return KeptList(
        record.entries,
        int.from_bytes(record.number, "big"),
        record.this_update,
        record.issuer_digest,
        record.issuer_serial,
        record.valid_from,
        record.valid_until,
    )
