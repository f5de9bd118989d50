"""Where each kind of service keeps each item, as its documents say.

    IntelPcs    https://api.portal.trustedservices.intel.com/content/documentation.html#pcs, version 4
    Pccs        Intel's reference cache (confidential-computing.tee.dcap.pccs); Phala runs one of that shape
    AzureThim   microsoft/Azure-DCAP-Client: SGX in one global place, TDX in the machine's region

A place is an address, how many bytes its answer may have, and the headers that may carry its issuer chain.
"""

from dataclasses import dataclass
from typing import Protocol
from urllib.parse import urlencode

from tee_attestation_verifier.crl import MAX_CRL
from tee_attestation_verifier.intel import qe_identity, tcb_info
from tee_attestation_verifier.offchain.pcs.errors import PcsError
from tee_attestation_verifier.offchain.pcs.platform import SGX, TDX, PlatformId
from tee_attestation_verifier.x509 import MAX_CERTIFICATE

# Which evaluation to ask for: "standard", "early", or a tcbEvaluationDataNumber.
Evaluation = str | int
STANDARD, EARLY = "standard", "early"

INTEL_URL = "https://api.trustedservices.intel.com"
INTEL_ROOT_CRL_URL = "https://certificates.trustedservices.intel.com/IntelSGXRootCA.der"
PHALA_URL = "https://pccs.phala.network"
AZURE_SGX_URL = "https://global.acccache.azure.net"
AZURE_TDX_HOST = "thim.azure.net"
AZURE_CLIENT = {"clientid": "production_client"}
AZURE_CRL_VERSION, AZURE_JSON_VERSION = "2020-02-12-preview", "2018-10-01-preview"

CRL_CHAIN = ("SGX-PCK-CRL-Issuer-Chain",)
# The second name is that of version 3 of the service, which caches still use.
TCB_INFO_CHAIN = ("TCB-Info-Issuer-Chain", "SGX-TCB-Info-Issuer-Chain")
QE_IDENTITY_CHAIN = ("SGX-Enclave-Identity-Issuer-Chain",)
PCK_CHAIN = ("SGX-PCK-Certificate-Issuer-Chain",)
NUMBERS_CHAIN = ("TCB-Evaluation-Data-Numbers-Issuer-Chain",)

SIGNATURE_AND_NAMES = 512  # what stands around a signed JSON object
MAX_CRL_TEXT = 2 * MAX_CRL  # a list may come as hexadecimal, or as PEM
MAX_TCB_INFO = tcb_info.MAX_TEXT + SIGNATURE_AND_NAMES
MAX_QE_IDENTITY = qe_identity.MAX_TEXT + SIGNATURE_AND_NAMES
MAX_NUMBERS = 16_384
MAX_CERTIFICATE_TEXT = 2 * MAX_CERTIFICATE


@dataclass(frozen=True)
class Place:
    """Where an item is to be had. `chain_headers` are alternatives; none for an item without a chain."""

    url: str
    most: int
    chain_headers: tuple[str, ...] = ()


class Service(Protocol):
    """A kind of service at an address. Every method may raise PcsError PCS_UNSUPPORTED."""

    name: str

    def root_crl(self, tee: str) -> Place:
        """The list that the root signed: DER, hexadecimal or PEM."""
        ...

    def pck_crl(self, platform: PlatformId) -> Place:
        """The list that the PCK's CA signed, and that CA's chain."""
        ...

    def tcb_info(self, platform: PlatformId, evaluation: Evaluation) -> Place:
        """`{"tcbInfo": ..., "signature": ...}`, and the signer's chain."""
        ...

    def qe_identity(self, tee: str, evaluation: Evaluation) -> Place:
        """`{"enclaveIdentity": ..., "signature": ...}`, and the signer's chain."""
        ...

    def evaluation_numbers(self, tee: str) -> Place:
        """`{"tcbEvaluationDataNumbers": ..., "signature": ...}`."""
        ...

    def pck_certificate(self, query: dict[str, str]) -> Place:
        """The PCK certificate (PEM) that `pck_query` names, and its issuers' chain."""
        ...


class IntelPcs:
    """Intel's Provisioning Certification Service, version 4. No key is needed for collateral."""

    name = "intel"

    def __init__(self, url: str = INTEL_URL, root_crl_url: str = INTEL_ROOT_CRL_URL) -> None:
        """`root_crl_url` is the root certificate's own distribution point: the service has no such item."""
        self._url, self._root_crl_url = url.rstrip("/"), root_crl_url

    def root_crl(self, tee: str) -> Place:
        """As Service says: DER at the distribution point."""
        return Place(self._root_crl_url, MAX_CRL_TEXT)

    def pck_crl(self, platform: PlatformId) -> Place:
        """As Service says: DER."""
        return Place(self._at(SGX, "pckcrl", ca=platform.ca, encoding="der"), MAX_CRL_TEXT, CRL_CHAIN)

    def tcb_info(self, platform: PlatformId, evaluation: Evaluation) -> Place:
        """As Service says."""
        query = {"fmspc": platform.fmspc.hex().upper(), **_which(evaluation)}
        return Place(self._at(platform.tee, "tcb", **query), MAX_TCB_INFO, TCB_INFO_CHAIN)

    def qe_identity(self, tee: str, evaluation: Evaluation) -> Place:
        """As Service says."""
        url = self._at(tee, "qe/identity", **_which(evaluation))
        return Place(url, MAX_QE_IDENTITY, QE_IDENTITY_CHAIN)

    def evaluation_numbers(self, tee: str) -> Place:
        """As Service says."""
        return Place(self._at(tee, "tcbevaluationdatanumbers"), MAX_NUMBERS, NUMBERS_CHAIN)

    def pck_certificate(self, query: dict[str, str]) -> Place:
        """Always PCS_UNSUPPORTED: Intel gives PCK certificates to subscribers alone."""
        raise PcsError("PCS_UNSUPPORTED", "Intel gives PCK certificates to subscribers: ask a PCCS")

    def _at(self, tee: str, item: str, **query: str) -> str:
        return _address(self._url, tee, item, query)


class Pccs(IntelPcs):
    """Intel's reference cache, and others of its shape.

    The root's list comes from the cache itself, in hexadecimal. The reference cache knows `update` but neither
    evaluation numbers nor their list: it answers a number with its standard, which the client then refuses.
    """

    name = "pccs"

    def root_crl(self, tee: str) -> Place:
        """As Service says: DER in hexadecimal."""
        return Place(self._at(SGX, "rootcacrl"), MAX_CRL_TEXT)

    def pck_certificate(self, query: dict[str, str]) -> Place:
        """As Service says."""
        return Place(self._at(SGX, "pckcert", **query), MAX_CERTIFICATE_TEXT, PCK_CHAIN)


class AzureThim:
    """Azure's Trusted Hardware Identity Management.

    Its baseline is Microsoft's choice and by its documentation may lie behind Intel's, even past its next update;
    so it has no early evaluation and no numbers, and the client refuses what is out of date.
    """

    name = "azure"

    def __init__(self, region: str | None = None, sgx_url: str = AZURE_SGX_URL, tdx_url: str = "") -> None:
        """`region` ("westeurope") is where TDX machines stand; without one there is SGX alone."""
        self._sgx_url = sgx_url
        self._tdx_url = tdx_url or (f"https://{region}.{AZURE_TDX_HOST}" if region else "")

    def root_crl(self, tee: str) -> Place:
        """As Service says."""
        if tee == TDX:
            return Place(_address(self._regional(), SGX, "rootcacrl", AZURE_CLIENT), MAX_CRL_TEXT)
        return Place(self._sgx_crl(INTEL_ROOT_CRL_URL), MAX_CRL_TEXT)

    def pck_crl(self, platform: PlatformId) -> Place:
        """As Service says; SGX lists are named by the address at which Intel publishes them."""
        if platform.tee == TDX:
            url = _address(self._regional(), SGX, "pckcrl", {"ca": platform.ca, **AZURE_CLIENT})
        else:
            published = {"ca": platform.ca, "encoding": "pem"}
            url = self._sgx_crl(_address(INTEL_URL, SGX, "pckcrl", published))
        return Place(url, MAX_CRL_TEXT, CRL_CHAIN)

    def tcb_info(self, platform: PlatformId, evaluation: Evaluation) -> Place:
        """As Service says."""
        query = {"fmspc": platform.fmspc.hex()}
        return Place(self._json(platform.tee, "tcb", query, evaluation), MAX_TCB_INFO, TCB_INFO_CHAIN)

    def qe_identity(self, tee: str, evaluation: Evaluation) -> Place:
        """As Service says."""
        return Place(self._json(tee, "qe/identity", {}, evaluation), MAX_QE_IDENTITY, QE_IDENTITY_CHAIN)

    def evaluation_numbers(self, tee: str) -> Place:
        """Always PCS_UNSUPPORTED."""
        raise PcsError("PCS_UNSUPPORTED", "Azure does not list evaluation numbers")

    def pck_certificate(self, query: dict[str, str]) -> Place:
        """Always PCS_UNSUPPORTED: Azure gives them to the machine itself, over its metadata address."""
        raise PcsError("PCS_UNSUPPORTED", "Azure gives PCK certificates to the machine alone")

    def _sgx_crl(self, published_at: str) -> str:
        query = {"uri": published_at, **AZURE_CLIENT, "api-version": AZURE_CRL_VERSION}
        return _address(self._sgx_url, SGX, "pckcrl", query)

    def _json(self, tee: str, item: str, query: dict[str, str], evaluation: Evaluation) -> str:
        if evaluation != STANDARD:
            raise PcsError("PCS_UNSUPPORTED", f"Azure has its own baseline alone, not {evaluation}")
        base = self._regional() if tee == TDX else self._sgx_url
        return _address(base, tee, item, {**query, **AZURE_CLIENT, "api-version": AZURE_JSON_VERSION})

    def _regional(self) -> str:
        if not self._tdx_url:
            raise PcsError("PCS_UNSUPPORTED", "TDX collateral stands in a region: name it, azure:westeurope")
        return self._tdx_url


def service_named(text: str) -> Service:
    """`intel`, `phala`, `azure`, `azure:REGION`, or the https:// address of a PCCS. Raises ValueError."""
    kind, _, region = text.partition(":")
    if text == "intel":
        return IntelPcs()
    if text == "phala":
        return Pccs(PHALA_URL)
    if kind == "azure" and (not region or region.isalnum()):
        return AzureThim(region or None)
    if text.startswith("https://"):
        return Pccs(text.rstrip("/").removesuffix("/sgx/certification/v4"))
    raise ValueError(f"{text!r} is neither intel, phala, azure, azure:REGION nor an https:// address")


def _address(base: str, tee: str, item: str, query: dict[str, str]) -> str:
    address = f"{base}/{tee.lower()}/certification/v4/{item}"
    return f"{address}?{urlencode(query)}" if query else address


def _which(evaluation: Evaluation) -> dict[str, str]:
    """The one parameter that says which evaluation; the service refuses both at once."""
    if isinstance(evaluation, int):
        return {"tcbEvaluationDataNumber": str(evaluation)}
    return {"update": evaluation}
