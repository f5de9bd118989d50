"""What each kind of service answers, by its own documents and sources: written from those, not from our client.

Intel   portal documentation of the PCS, version 4 (addresses, parameters, headers, 400, 404, 410)
PCCS    the reference cache: hexadecimal lists, `update` but no evaluation numbers, status 404 and 461
Azure   Azure-DCAP-Client: lists by the address where Intel has them, PEM, a client id and an API version
"""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass
from urllib.parse import quote

from tee_attestation_verifier.intel.collateral import Collateral, as_bytes

from tests.collateral.imitation import Query, Reply

INTEL_LISTS = "https://api.trustedservices.intel.com/sgx/certification/v4/pckcrl"
INTEL_ROOT_LIST = "https://certificates.trustedservices.intel.com/IntelSGXRootCA.der"


@dataclass
class Holdings:
    """What a service has: editions by "standard", "early" and number; `tee` "sgx" or "tdx", `fmspc` hexadecimal.

    `numbers` are the evaluation numbers it lists, with the date of each one's event.
    """

    tee: str
    fmspc: str
    ca: str
    editions: dict[str | int, Collateral]
    numbers: tuple[tuple[int, str], ...] = ()
    numbers_window: tuple[str, str] = ("2026-06-01T00:00:00Z", "2026-07-01T00:00:00Z")

    @property
    def standard(self) -> Collateral:
        """The edition that is served unless another one is asked for."""
        return self.editions["standard"]

    def edition(self, query: Query) -> Collateral | int:
        """The edition that the query wants, or the status of a refusal."""
        if "update" in query and "tcbEvaluationDataNumber" in query:
            return 400
        if "tcbEvaluationDataNumber" in query:
            return self.editions.get(int(query["tcbEvaluationDataNumber"]), 410)
        return self.editions.get(query.get("update", "standard").lower(), 404)


class IntelShape:
    """Intel's PCS. The root's list stands where the root certificate says, here on the same host."""

    def __init__(self, holdings: Holdings) -> None:
        self.holdings = holdings

    def __call__(self, path: str, query: Query) -> Reply:
        has, certification = self.holdings, path.removeprefix(f"/{self.holdings.tee}/certification/v4/")
        if path == "/IntelSGXRootCA.der":
            return Reply(has.standard.root_ca_crl)
        if path == "/sgx/certification/v4/pckcrl":
            return self._list(query)
        if certification == "tcb":
            return _document(
                has.edition(query) if query.get("fmspc", "").lower() == has.fmspc else 404, "tcbInfo"
            )
        if certification == "qe/identity":
            return _document(has.edition(query), "enclaveIdentity")
        if certification == "tcbevaluationdatanumbers" and has.numbers:
            return self._numbers()
        return Reply(status=404)

    def _list(self, query: Query) -> Reply:
        has = self.holdings
        if query.get("ca") != has.ca:
            return Reply(status=400)
        body = has.standard.pck_crl if query.get("encoding") == "der" else _pem(has.standard.pck_crl)
        return Reply(body, headers=_chain("SGX-PCK-CRL-Issuer-Chain", has.standard.pck_crl_issuer_chain))

    def _numbers(self) -> Reply:
        has = self.holdings
        listed = [
            {"tcbEvaluationDataNumber": number, "tcbRecoveryEventDate": date, "tcbDate": date}
            for number, date in has.numbers
        ]
        document = {"id": has.tee.upper(), "version": 1, "issueDate": has.numbers_window[0]}
        document |= {"nextUpdate": has.numbers_window[1], "tcbEvalNumbers": listed}
        body = {"tcbEvaluationDataNumbers": document, "signature": "00" * 64}
        chain = _chain("TCB-Evaluation-Data-Numbers-Issuer-Chain", has.standard.tcb_info_issuer_chain)
        return Reply(json.dumps(body).encode(), headers=chain)


class PccsShape(IntelShape):
    """The reference cache; `pck` answers `pckcert`, by the query that it belongs to."""

    def __init__(self, holdings: Holdings, pck: tuple[Query, str] | None = None) -> None:
        super().__init__(holdings)
        self._pck = pck

    def __call__(self, path: str, query: Query) -> Reply:
        if path == "/sgx/certification/v4/rootcacrl":
            return Reply(self.holdings.standard.root_ca_crl.hex().encode())
        if path == "/sgx/certification/v4/pckcert":
            return self._pck_certificate(query)
        if path == "/IntelSGXRootCA.der" or path.endswith("tcbevaluationdatanumbers"):
            return Reply(status=404)
        query.pop("tcbEvaluationDataNumber", None)
        return super().__call__(path, query)

    def _list(self, query: Query) -> Reply:
        reply = super()._list({**query, "encoding": "der"})
        return (
            reply
            if query.get("encoding") == "der"
            else Reply(reply.body.hex().encode(), reply.status, reply.headers)
        )

    def _pck_certificate(self, query: Query) -> Reply:
        if self._pck is None or query != self._pck[0]:
            return Reply(status=461)
        leaf, _, issuers = self._pck[1].partition("-----END CERTIFICATE-----\n")
        chain = _chain("SGX-PCK-Certificate-Issuer-Chain", issuers)
        return Reply(f"{leaf}-----END CERTIFICATE-----\n".encode(), headers=chain)


class AzureShape:
    """THIM: SGX in one place for all, TDX in a region; both answer here, under one host."""

    def __init__(self, holdings: Holdings) -> None:
        self.holdings = holdings

    def __call__(self, path: str, query: Query) -> Reply:
        has = self.holdings
        if query.pop("clientid", None) != "production_client":
            return Reply(status=401)
        if path == "/sgx/certification/v4/pckcrl":
            return self._regional_list(query) if has.tee == "tdx" else self._list_by_address(query)
        if path == "/sgx/certification/v4/rootcacrl" and has.tee == "tdx":
            return Reply(_pem(has.standard.root_ca_crl))
        if query.pop("api-version", None) != "2018-10-01-preview":
            return Reply(status=400)
        if path == f"/{has.tee}/certification/v4/tcb":
            return _document(has.standard if query == {"fmspc": has.fmspc} else 404, "tcbInfo")
        if path == f"/{has.tee}/certification/v4/qe/identity" and not query:
            return _document(has.standard, "enclaveIdentity")
        return Reply(status=404)

    def _list_by_address(self, query: Query) -> Reply:
        has = self.holdings
        if query.pop("api-version", None) != "2020-02-12-preview":
            return Reply(status=400)
        lists = {
            f"{INTEL_LISTS}?ca={has.ca}&encoding=pem": has.standard.pck_crl,
            INTEL_ROOT_LIST: has.standard.root_ca_crl,
        }
        if query.get("uri") not in lists:
            return Reply(status=404)
        chain = _chain("SGX-PCK-CRL-Issuer-Chain", has.standard.pck_crl_issuer_chain)
        return Reply(_pem(lists[query["uri"]]), headers=chain)

    def _regional_list(self, query: Query) -> Reply:
        has = self.holdings
        if query != {"ca": has.ca}:
            return Reply(status=400)
        chain = _chain("SGX-PCK-CRL-Issuer-Chain", has.standard.pck_crl_issuer_chain)
        return Reply(_pem(has.standard.pck_crl), headers=chain)


def _document(edition: Collateral | int, name: str) -> Reply:
    """A signed object as Intel puts it: verbatim, then its signature; or a refusal."""
    if isinstance(edition, int):
        return Reply(status=edition)
    if name == "tcbInfo":
        text, signature, chain = edition.tcb_info, edition.tcb_info_signature, edition.tcb_info_issuer_chain
        header = "TCB-Info-Issuer-Chain"
    else:
        text, signature = edition.qe_identity, edition.qe_identity_signature
        chain, header = edition.qe_identity_issuer_chain, "SGX-Enclave-Identity-Issuer-Chain"
    body = b'{"%s":%s,"signature":"%s"}' % (name.encode(), as_bytes(text), signature.hex().encode())
    return Reply(body, headers=_chain(header, chain))


def _chain(header: str, chain: str | bytes) -> dict[str, str]:
    return {header: quote(as_bytes(chain).decode(), safe="")}


def _pem(crl: bytes) -> bytes:
    lines = base64.encodebytes(crl)
    return b"-----BEGIN X509 CRL-----\n" + lines + b"-----END X509 CRL-----\n"
