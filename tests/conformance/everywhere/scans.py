"""What the scanners are asked in more than one interpreter: edits of the forms that each of them reads."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from sealwright_agents.simulated.der import tlv
from tee_attestation_verifier.intel.collateral import as_bytes
from tee_attestation_verifier.plain import ECDSA_WITH_SHA256, pem, signed_object

from tests.differential import der, json_edits, quote_edits
from tests.differential.cases import KINDS
from tests.differential.minting import JSON_PARTS, Minter


def scans(every: int) -> Iterator[tuple[str, bytes, bytes]]:
    """Scanner, data and last argument; of the longest series one edit in `every`."""
    minter = Minter(KINDS["td10"])
    evidence = minter.evidence({})
    for part in JSON_PARTS:
        for _, text in islice(json_edits.edits(minter.parts[part]), 0, None, every):
            yield "json", text, b""
    for _, text in quote_edits.byte_edits(as_bytes(evidence.collateral.tcb_info_issuer_chain), 31):
        yield "pem", text, b""
    certificate = pem(as_bytes(evidence.collateral.pck_crl_issuer_chain))[0]
    for _, encoding in islice(der.edits(certificate), 0, None, every):
        yield "tlvs", encoding, b""
        yield "tlvs", encoding[:-1], b""
        yield "signed_object", encoding, b""
        yield "signed_object", tlv(0x30, encoding + ECDSA_WITH_SHA256 + certificate[-74:]), b""
    subject, extensions = (signed_object(certificate)[2][index] for index in (5, 7))
    names = certificate[subject[2] : subject[3]]
    inner = der.parse(certificate[extensions[1] : extensions[3]]).children[0]
    for scanner, data in (
        ("common_name", names),
        ("extensions", b"".join(each.encode() for each in inner.children)),
    ):
        for _, edited in quote_edits.byte_edits(data, 1):
            yield scanner, edited, b""
    entry = bytes.fromhex("301f020107170d3235303631393130303033355a300c300a0603551d1504030a0101")
    for _, edited in quote_edits.byte_edits(entry + entry, 1):
        yield "lists_serial", edited, b"\x07"
    components = json_edits.compact([{"svn": number} for number in range(16)])
    for _, text in islice(json_edits.edits(components.join((b'{"a":', b"}"))), 0, None, 3):
        yield "svns", text[5:-1], b""
    for _, digits in quote_edits.byte_edits(b"20240229235959", 1):
        yield "seconds", digits, b""
