"""Signs anything again: every signed part of a simulated quote and its collateral can be replaced by other bytes.

    minter = Minter(TD10)
    minter.parts["tcb_info"]                        # what would be signed
    minter.evidence({"tcb_info": b"..."})           # with this instead, signed by whoever signs it

Both verifiers are given the simulated root, so that the bytes reach the checks behind the signatures.
"""

from __future__ import annotations

from sealwright_agents.simulated import SimulatedTee
from sealwright_agents.simulated.der import signed
from sealwright_agents.simulated.keys import derive_key, raw_public_key, sign_raw
from sealwright_agents.simulated.quotes import BodyKind, assemble
from tee_attestation_verifier.intel.certification import PCK_CHAIN
from tee_attestation_verifier.intel.collateral import Collateral, as_bytes
from tee_attestation_verifier.intel.quote import parse_quote
from tee_attestation_verifier.plain import pem, signed_object

from tests.differential.evidence import Evidence, pem_text

NOW = 1_781_481_600
SEED = b"differential"
# Who signs what, by the label of the key.
SIGNERS = {
    "pck": "pck_ca",
    "pck_ca": "root",
    "tcb_signer": "root",
    "root_crl": "root",
    "pck_crl": "pck_ca",
    "tcb_info": "tcb_signer",
    "qe_identity": "tcb_signer",
    "qe_report": "pck",
    "report": "attestation",
}
JSON_PARTS = ("tcb_info", "qe_identity")
DER_PARTS = ("pck", "pck_ca", "tcb_signer", "root_crl", "pck_crl")


class Minter:
    """One simulated machine whose `parts` are the bytes that somebody signs.

    `report` is header, body descriptor and body; a part in DER is what is inside the signature.
    """

    def __init__(self, kind: BodyKind) -> None:
        """`kind` is the quote's format."""
        self.tee, self.kind = SimulatedTee(SEED, NOW, kind=kind), kind
        quote, collateral = parse_quote(self.tee.quote(bytes(range(64)))), self.tee.collateral()
        pck, pck_ca, self.root = pem(quote.certification_data)
        signer, _ = pem(as_bytes(collateral.tcb_info_issuer_chain))
        inside = {"pck": pck, "pck_ca": pck_ca, "tcb_signer": signer}
        inside |= {"root_crl": collateral.root_ca_crl, "pck_crl": collateral.pck_crl}
        self.parts = {name: signed_object(encoding)[0] for name, encoding in inside.items()}
        self.parts |= {name: as_bytes(getattr(collateral, name)) for name in JSON_PARTS}
        self.parts |= {"qe_report": quote.qe_report.data, "report": quote.signed}
        self._qe_auth = quote.qe_auth
        self._signed = {name: self._sign(name, part) for name, part in self.parts.items()}

    def evidence(self, edits: dict[str, bytes], now: int = NOW) -> Evidence:
        """Quote and collateral with some parts replaced and signed again."""
        sealed = self._signed | {name: self._sign(name, part) for name, part in edits.items()}
        parts = self.parts | edits
        chain = _pem(sealed["pck"], sealed["pck_ca"], self.root)
        quote = assemble(
            self.kind,
            parts["report"],
            sealed["report"],
            raw_public_key(derive_key(SEED, "attestation")),
            parts["qe_report"] + sealed["qe_report"],
            self._qe_auth,
            (PCK_CHAIN, chain + b"\0"),
        )
        signer_chain = _pem(sealed["tcb_signer"], self.root)
        collateral = Collateral(
            pck_crl_issuer_chain=_pem(sealed["pck_ca"], self.root),
            root_ca_crl=sealed["root_crl"],
            pck_crl=sealed["pck_crl"],
            tcb_info_issuer_chain=signer_chain,
            tcb_info=parts["tcb_info"],
            tcb_info_signature=sealed["tcb_info"],
            qe_identity_issuer_chain=signer_chain,
            qe_identity=parts["qe_identity"],
            qe_identity_signature=sealed["qe_identity"],
        )
        return Evidence(quote, collateral, now, self.root)

    def _sign(self, name: str, part: bytes) -> bytes:
        """The signature r‖s over a part, or for DER the whole signed object."""
        key = derive_key(SEED, SIGNERS[name])
        if name not in DER_PARTS:
            return sign_raw(key, part)
        return signed(part, key)


def _pem(*encodings: bytes) -> bytes:
    return b"\n".join(map(pem_text, encodings)) + b"\n"
