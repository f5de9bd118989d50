"""The simulated TEE itself: one seed in, real-format quotes and complete collateral out."""

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from tee_attestation_verifier.intel.collateral import Collateral

from sealwright_agents.simulated import pki
from sealwright_agents.simulated.keys import derive_key, raw_public_key, sign_raw
from sealwright_agents.simulated.levels import QE_SIGNER, TcbLevel, default_levels, qe_identity, tcb_info
from sealwright_agents.simulated.pck_extension import pck_extension
from sealwright_agents.simulated.platform import Platform, TdMeasurements, enclave_report, td_report
from sealwright_agents.simulated.quotes import TD10, BodyKind, assemble, header

DAY = 86_400
CERTIFICATES_FROM = 1_577_836_800  # 2020-01-01
CERTIFICATES_TO = 2_493_072_000  # 2049-01-01
ROOT, PCK_CA, PCK, TCB_SIGNER = "root", "pck_ca", "pck", "tcb_signer"

COMMON_NAMES = {
    ROOT: "Simulated SGX Root CA",
    PCK_CA: "Simulated SGX PCK Platform CA",
    PCK: "Simulated SGX PCK Certificate",
    TCB_SIGNER: "Simulated SGX TCB Signing",
}


@dataclass(frozen=True)
class Bends:
    """Edits applied before signing, so that exactly one thing is wrong. The default bends nothing.

    `certificate` and `crl` get the role (a key of COMMON_NAMES; "root" or "pck_ca" for a list) and the spec;
    `signed_part` gets the artefact (a role, root_crl or pck_crl) and the DER that is about to be signed;
    `tcb_info`, `qe_identity`, `qe_report`, `header` and `body` edit in place; `json_text` gets the artefact
    (tcb_info or qe_identity) and its text; `signer` maps an artefact (pck_ca, pck, tcb_signer, root_crl, pck_crl,
    tcb_info, qe_identity, qe_report, quote) to another key's label.
    """

    certificate: Callable[[str, pki.CertificateSpec], pki.CertificateSpec] = lambda role, spec: spec
    crl: Callable[[str, pki.CrlSpec], pki.CrlSpec] = lambda role, spec: spec
    signed_part: Callable[[str, bytes], bytes] = lambda artefact, part: part
    tcb_info: Callable[[dict[str, Any]], object] = lambda info: None
    qe_identity: Callable[[dict[str, Any]], object] = lambda identity: None
    qe_report: Callable[[bytearray], object] = lambda report: None
    header: Callable[[bytearray], object] = lambda head: None
    body: Callable[[bytearray], object] = lambda report: None
    json_text: Callable[[str, str], str] = lambda artefact, text: text
    signer: dict[str, str] = field(default_factory=dict)


class SimulatedTee:
    """One simulated machine and the simulated Intel that vouches for it. All times are unix seconds."""

    def __init__(
        self,
        seed: bytes,
        now: int,
        *,
        root_seed: bytes | None = None,
        platform: Platform | None = None,
        levels: tuple[TcbLevel, ...] | None = None,
        kind: BodyKind = TD10,
        bends: Bends | None = None,
    ) -> None:
        """`kind` is the quote format (TDX v4 by default); see the package docstring for the rest."""
        self._seed, self._root_seed, self.now, self.kind = seed, root_seed or seed, now, kind
        self.platform = platform or Platform()
        self.levels = levels or default_levels(self.platform)
        self._bends = bends or Bends()
        self._names: dict[str, str] = {}
        self.ppid = self.platform.ppid or hashlib.sha256(b"ppid:" + seed).digest()[:16]
        root = self._issue(ROOT, ROOT, 1)
        pck_ca = self._issue(PCK_CA, ROOT, 2)
        serial = int.from_bytes(hashlib.sha256(b"serial:" + seed).digest()[:19], "big") | 1
        self.root_der = root
        self.pck_chain = pki.pem([self._issue(PCK, PCK_CA, serial), pck_ca, root])
        self._pck_crl_chain = pki.pem([pck_ca, root])
        self._tcb_chain = pki.pem([self._issue(TCB_SIGNER, ROOT, 3), root])

    def quote(
        self,
        report_data: bytes,
        *,
        mrtd: bytes | None = None,
        rtmr: tuple[bytes, bytes, bytes, bytes] | None = None,
        mr_config_id: bytes | None = None,
        measurements: TdMeasurements | None = None,
        qe_auth: bytes = bytes(range(32)),
        certification: tuple[int, bytes] | None = None,
    ) -> bytes:
        """A signed quote over 64 bytes of `report_data`; measurements are 48 bytes each, zero by default.

        `certification` is the type and data that certify the quoting enclave, the PCK chain (type 5) by default.
        """
        td = measurements or TdMeasurements()
        td = replace(
            td, mrtd=mrtd or td.mrtd, rtmr=rtmr or td.rtmr, mr_config_id=mr_config_id or td.mr_config_id
        )
        head = bytearray(header(self.kind))
        self._bends.header(head)
        body = bytearray(self._body(td, report_data))
        self._bends.body(body)
        attestation_key = derive_key(self._seed, "attestation")
        qe_report = self._qe_report(raw_public_key(attestation_key), qe_auth)
        signed = bytes(head) + self.kind.body_descriptor() + bytes(body)
        return assemble(
            self.kind,
            signed,
            sign_raw(self._key("quote", "attestation"), signed),
            raw_public_key(attestation_key),
            qe_report + sign_raw(self._key("qe_report", PCK), qe_report),
            qe_auth,
            certification or (5, self.pck_chain.encode() + b"\x00"),
        )

    def collateral(self, now: int | None = None) -> Collateral:
        """Lists, TCB info and QE identity issued a day before `now` and valid for thirty days from it."""
        now = self.now if now is None else now
        window = (now - DAY, now + 30 * DAY)
        tdx = self.kind.is_tdx
        info = tcb_info(self.platform, self.levels, window, tdx)
        self._bends.tcb_info(info)
        identity = qe_identity(window, tdx)
        self._bends.qe_identity(identity)
        info_json = self._json("tcb_info", info)
        identity_json = self._json("qe_identity", identity)
        return Collateral(
            pck_crl_issuer_chain=self._pck_crl_chain,
            root_ca_crl=self._crl(ROOT, "root_crl", window),
            pck_crl=self._crl(PCK_CA, "pck_crl", window),
            tcb_info_issuer_chain=self._tcb_chain,
            tcb_info=info_json,
            tcb_info_signature=sign_raw(self._key("tcb_info", TCB_SIGNER), info_json.encode()),
            qe_identity_issuer_chain=self._tcb_chain,
            qe_identity=identity_json,
            qe_identity_signature=sign_raw(self._key("qe_identity", TCB_SIGNER), identity_json.encode()),
        )

    def _body(self, td: TdMeasurements, report_data: bytes) -> bytes:
        if self.kind.is_enclave:
            attributes = bytes.fromhex("0500000000000000e700000000000000")
            mr_enclave, mr_signer = td.mrtd[:32], td.mr_owner[:32]
            return enclave_report(
                self.platform.cpu_svn, attributes, mr_enclave, mr_signer, (1, 1), report_data
            )
        return td_report(self.platform, td, report_data, self.kind.size)

    def _qe_report(self, attestation_key: bytes, qe_auth: bytes) -> bytes:
        binding = hashlib.sha256(attestation_key + qe_auth).digest() + bytes(32)
        attributes = bytes.fromhex("1100000000000000e700000000000000")
        ids = (2 if self.kind.is_tdx else 1, self.platform.qe_isv_svn)
        mr_enclave = hashlib.sha256(b"simulated quoting enclave").digest()
        report = bytearray(
            enclave_report(self.platform.cpu_svn, attributes, mr_enclave, QE_SIGNER, ids, binding)
        )
        self._bends.qe_report(report)
        return bytes(report)

    def _json(self, artefact: str, members: dict[str, Any]) -> str:
        return self._bends.json_text(artefact, json.dumps(members, separators=(",", ":")))

    def _key(self, artefact: str, usual: str) -> ec.EllipticCurvePrivateKey:
        label = self._bends.signer.get(artefact, usual)
        shared = label in (ROOT, PCK_CA, TCB_SIGNER)
        return derive_key(self._root_seed if shared else self._seed, label)

    def _issue(self, role: str, issuer: str, serial: int) -> bytes:
        spec = pki.CertificateSpec(
            common_name=COMMON_NAMES[role],
            serial=serial,
            not_before=CERTIFICATES_FROM,
            not_after=CERTIFICATES_TO,
            is_ca=role in (ROOT, PCK_CA),
            path_length={ROOT: 1, PCK_CA: 0}.get(role),
            signs_data=role in (PCK, TCB_SIGNER),
            signs_certificates=role in (ROOT, PCK_CA),
            signs_lists=role in (ROOT, PCK_CA),
            sgx_extension=pck_extension(self.platform, self.ppid) if role == PCK else None,
        )
        subject_key = derive_key(self._seed if role == PCK else self._root_seed, role)
        spec = self._bends.certificate(role, spec)
        self._names[role] = spec.common_name
        signer = pki.Signer(self._names[issuer], self._key(role, issuer))
        return pki.certificate(spec, subject_key, signer, partial(self._bends.signed_part, role))

    def _crl(self, issuer: str, artefact: str, window: tuple[int, int]) -> bytes:
        spec = self._bends.crl(issuer, pki.CrlSpec(*window))
        signer = pki.Signer(self._names[issuer], self._key(artefact, issuer))
        return pki.revocation_list(spec, signer, partial(self._bends.signed_part, artefact))
