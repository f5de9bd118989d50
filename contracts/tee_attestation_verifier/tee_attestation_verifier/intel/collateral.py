"""What Intel publishes beside a quote: revocation lists, TCB info, QE identity and their signers.

The field names and their order are those of the wire format (product.md, `verify_quote`) and of the
JSON files that dcap-qvl and the Intel PCS tools write.
"""


class Collateral:
    """Everything but the quote that a verdict rests on.

    Text fields are PEM or JSON exactly as published; a caller that has their UTF-8 bytes (a contract does) may
    give those, and what is no UTF-8 is refused like any other malformed text.
    """

    FIELDS = (
        "pck_crl_issuer_chain",
        "root_ca_crl",
        "pck_crl",
        "tcb_info_issuer_chain",
        "tcb_info",
        "tcb_info_signature",
        "qe_identity_issuer_chain",
        "qe_identity",
        "qe_identity_signature",
        "pck_certificate_chain",
    )

    def __init__(
        self,
        pck_crl_issuer_chain: str | bytes,
        root_ca_crl: bytes,
        pck_crl: bytes,
        tcb_info_issuer_chain: str | bytes,
        tcb_info: str | bytes,
        tcb_info_signature: bytes,
        qe_identity_issuer_chain: str | bytes,
        qe_identity: str | bytes,
        qe_identity_signature: bytes,
        pck_certificate_chain: str | bytes | None = None,
    ) -> None:
        """PEM chains, DER lists, the verbatim JSON objects and their raw 64-byte signatures."""
        self.pck_crl_issuer_chain = pck_crl_issuer_chain
        self.root_ca_crl = root_ca_crl
        self.pck_crl = pck_crl
        self.tcb_info_issuer_chain = tcb_info_issuer_chain
        self.tcb_info = tcb_info
        self.tcb_info_signature = tcb_info_signature
        self.qe_identity_issuer_chain = qe_identity_issuer_chain
        self.qe_identity = qe_identity
        self.qe_identity_signature = qe_identity_signature
        self.pck_certificate_chain = pck_certificate_chain


def as_bytes(text: str | bytes) -> bytes:
    """The bytes of a text field."""
    return text.encode("utf-8", "surrogatepass") if isinstance(text, str) else text
