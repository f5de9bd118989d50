"""QE identity (version 2): what Intel's quoting enclave must look like."""

from tee_attestation_verifier.errors import Rejection
from tee_attestation_verifier.intel.tcb_info import SvnLevel, svn_levels
from tee_attestation_verifier.members import members, number, octets, text
from tee_attestation_verifier.scan import json
from tee_attestation_verifier.times import iso_time

VERSION = 2
MAX_TEXT = 16_384


class QeIdentity:
    """`kind` "QE" or "TD_QE", times in unix seconds, masks and values as bytes."""

    kind: str
    issued: int
    next_update: int
    evaluation_number: int
    misc_select: bytes
    misc_select_mask: bytes
    attributes: bytes
    attributes_mask: bytes
    mr_signer: bytes
    isv_prod_id: int
    levels: list[SvnLevel]

    def read(self, identity: dict[str, object]) -> None:
        """Fill the fields; ValueError when malformed."""
        if number(identity, "version", 0xFFFF) != VERSION:
            raise Rejection("QE_IDENTITY_VERSION", "version 2 is the one that is understood")
        self.kind = text(identity, "id")
        self.issued = iso_time(text(identity, "issueDate"))
        self.next_update = iso_time(text(identity, "nextUpdate"))
        self.evaluation_number = number(identity, "tcbEvaluationDataNumber", 0xFFFFFFFF)
        self.misc_select = octets(identity, "miscselect", 4)
        self.misc_select_mask = octets(identity, "miscselectMask", 4)
        self.attributes = octets(identity, "attributes", 16)
        self.attributes_mask = octets(identity, "attributesMask", 16)
        self.mr_signer = octets(identity, "mrsigner", 32)
        self.isv_prod_id = number(identity, "isvprodid", 0xFFFF)
        self.levels = svn_levels(identity)


def parse_qe_identity(encoding: bytes) -> QeIdentity:
    """Parse the JSON object; raises Rejection QE_IDENTITY_MALFORMED or QE_IDENTITY_VERSION."""
    if len(encoding) > MAX_TEXT:
        raise Rejection("QE_IDENTITY_MALFORMED", "larger than 16384 bytes")
    identity = QeIdentity()
    try:
        identity.read(members(json(encoding)))
    except ValueError as error:
        raise Rejection("QE_IDENTITY_MALFORMED", str(error)) from None
    return identity
