"""QE identity (version 2): what Intel's quoting enclave must look like."""

from tee_attestation_verifier.errors import Rejection
from tee_attestation_verifier.members import members, number, octets, text
from tee_attestation_verifier.scan import json
from tee_attestation_verifier.tcb_info import svn_levels
from tee_attestation_verifier.times import iso_time

VERSION = 2
MAX_TEXT = 16_384


class QeIdentity:
    """`kind` "QE" or "TD_QE", times in unix seconds, masks and values as bytes."""

    def __init__(self, encoding: bytes) -> None:
        """Parse the JSON object; raises Rejection QE_IDENTITY_MALFORMED or QE_IDENTITY_VERSION."""
        if len(encoding) > MAX_TEXT:
            raise Rejection("QE_IDENTITY_MALFORMED", "larger than 16384 bytes")
        try:
            self._read(members(json(encoding)))
        except ValueError as error:
            raise Rejection("QE_IDENTITY_MALFORMED", str(error)) from None

    def _read(self, identity: dict[str, object]) -> None:
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
