"""What stands in collateral: every dated part, who signed it, until when it holds. Nothing is verified here."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from cryptography import x509

from tee_attestation_verifier import der
from tee_attestation_verifier.crl import parse_crl
from tee_attestation_verifier.errors import Rejection
from tee_attestation_verifier.intel.collateral import Collateral, as_bytes
from tee_attestation_verifier.intel.qe_identity import parse_qe_identity
from tee_attestation_verifier.intel.tcb_info import parse_tcb_info
from tee_attestation_verifier.pem import read_chain
from tee_attestation_verifier.scan import common_name
from tee_attestation_verifier.x509 import Certificate, parse_certificate

SIGNER_CHAIN, PCK_CHAIN = 2, 3  # certificates in a chain, the root included


@dataclass(frozen=True)
class Item:
    """A part that holds for `valid_from` <= now < `valid_until` (unix seconds).

    `signed_by` is the common name of who signed it; `facts` is what people look for in it.
    """

    name: str
    signed_by: str
    valid_from: int
    valid_until: int
    facts: dict[str, str | int] = field(default_factory=dict)


def inventory(collateral: Collateral) -> list[Item]:
    """All parts, each certificate once. Raises Rejection as the parsers do when one is malformed."""
    chains = [
        (as_bytes(collateral.pck_crl_issuer_chain), SIGNER_CHAIN, "PCK CRL chain"),
        (as_bytes(collateral.tcb_info_issuer_chain), SIGNER_CHAIN, "TCB info chain"),
        (as_bytes(collateral.qe_identity_issuer_chain), SIGNER_CHAIN, "QE identity chain"),
    ]
    if collateral.pck_certificate_chain is not None:
        chains.append((as_bytes(collateral.pck_certificate_chain), PCK_CHAIN, "PCK chain"))
    found = [crl_item("root CRL", collateral.root_ca_crl), crl_item("PCK CRL", collateral.pck_crl)]
    found.append(tcb_info_item(as_bytes(collateral.tcb_info), as_bytes(collateral.tcb_info_issuer_chain)))
    found.append(
        qe_identity_item(as_bytes(collateral.qe_identity), as_bytes(collateral.qe_identity_issuer_chain))
    )
    for item in (each for chain in chains for each in chain_items(*chain)):
        if item not in found:
            found.append(item)
    return found


def window(items: Iterable[Item]) -> tuple[int, int]:
    """From when and until when (exclusive) all of the items hold; unix seconds."""
    listed = list(items)
    return max(each.valid_from for each in listed), min(each.valid_until for each in listed)


def crl_item(name: str, encoding: bytes) -> Item:
    """A revocation list: its number and how many serials it names. Raises Rejection CRL_MALFORMED."""
    parsed = parse_crl(encoding)
    try:
        shown = x509.load_der_x509_crl(encoding)
        number = shown.extensions.get_extension_for_class(x509.CRLNumber).value.crl_number
        facts: dict[str, str | int] = {"number": number, "revoked": len(shown)}
        issuer = _common_name(parsed.issuer)
    except ValueError as wrong:
        raise Rejection("CRL_MALFORMED", str(wrong)) from wrong
    return Item(name, issuer, parsed.this_update, parsed.next_update, facts)


def chain_items(chain: bytes, length: int, what: str) -> list[Item]:
    """The certificates of a PEM chain. Raises Rejection CERT_..."""
    found = []
    for encoding in read_chain(chain, length, what):
        parsed = parse_certificate(encoding)
        facts: dict[str, str | int] = {"serial": parsed.serial.hex()}
        name = f"certificate {parsed.common_name}"
        found.append(Item(name, issuer_name(parsed), parsed.not_before, parsed.not_after, facts))
    return found


def tcb_info_item(encoding: bytes, chain: bytes) -> Item:
    """TCB info: for which processors, which evaluation, how many levels. Raises Rejection TCB_INFO_..., CERT_..."""
    info = parse_tcb_info(encoding)
    facts: dict[str, str | int] = {
        "tee": info.kind,
        "fmspc": info.fmspc.hex(),
        "pceid": info.pce_id.hex(),
        "evaluation": info.evaluation_number,
        "levels": len(info.levels),
    }
    return Item("TCB info", _signer(chain, "TCB info chain"), info.issued, info.next_update, facts)


def qe_identity_item(encoding: bytes, chain: bytes) -> Item:
    """QE identity: which enclave, which evaluation. Raises Rejection QE_IDENTITY_..., CERT_..."""
    identity = parse_qe_identity(encoding)
    facts: dict[str, str | int] = {"enclave": identity.kind, "evaluation": identity.evaluation_number}
    signer = _signer(chain, "QE identity chain")
    return Item("QE identity", signer, identity.issued, identity.next_update, facts)


def issuer_name(certificate: Certificate) -> str:
    """The common name of who issued it. Raises Rejection CERT_MALFORMED when it has none."""
    try:
        return _common_name(certificate.issuer)
    except ValueError as wrong:
        raise Rejection("CERT_MALFORMED", str(wrong)) from wrong


def _signer(chain: bytes, what: str) -> str:
    return parse_certificate(read_chain(chain, SIGNER_CHAIN, what)[0]).common_name


def _common_name(name: bytes) -> str:
    """The common name in a DER name. Raises ValueError."""
    node = der.whole(name, der.SEQUENCE)
    return common_name(name, node[2], node[3])
