"""A registered node: what the chain says of it, and whether its bundle proves the same.

The chain's word is the RPC node's: ask one that you run, or several. What the registry decided when the node
registered (that the challenge was fresh, for one) is not shown again by anything that is kept.
"""

from __future__ import annotations

from pathlib import Path

from sealwright_protocol import wire
from sealwright_protocol.client.node_registry import NodeView
from tee_attestation_verifier.errors import Rejection
from tee_attestation_verifier.offchain.bundle_case import BundleCase, Trust
from tee_attestation_verifier.offchain.bundle_claims import CLAIMS
from tee_attestation_verifier.offchain.findings import Finding, Unproven, judge_claims

from sealwright.places import RELEASE
from sealwright.transports import RpcReader
from sealwright.verify.chain_facts import NO_ANSWER, ChainFacts, read_chain
from sealwright.verify.inputs import UsageError, bundle_case
from sealwright.verify.judged import Judged, explanations_of
from sealwright.verify.on_record import measurement_id, ppid_hash, sha256

# The node's own claim says more than the bundle's: it knows what should have been quoted.
NODE_SAYS = "report_data"


def judge_node(url: str, registry: str, node_id: str, bundle: Path | None, trust: Trust) -> Judged:
    """Judge a node by the chain behind `url` and its bundle, if there is one. Raises UsageError."""
    evidence = None if bundle is None else bundle_case(bundle, trust)
    findings = [] if evidence is None else judge_claims(CLAIMS, evidence)
    findings = [each for each in findings if each.claim != NODE_SAYS]
    reader = RpcReader(url)
    try:
        case = NodeCase(read_chain(reader, registry, node_id), evidence, trust)
    except NO_ANSWER as error:
        raise UsageError(f"{url}: {error}") from None
    finally:
        reader.close()
    explanations = {} if evidence is None else explanations_of(evidence, findings)
    chain = case.chain
    at = chain.block_ms // 1000 if evidence is None else evidence.at
    root = trust.root if evidence is None else evidence.root
    facts = {"network": chain.network, "registry": registry, "verifier": chain.config["verifier_id"]}
    chain_findings: list[Finding] = judge_claims(NODE_CLAIMS, case)
    return Judged(node_id, at, root, [*findings, *chain_findings], explanations, facts)


class NodeCase:
    """A node under judgement."""

    def __init__(self, chain: ChainFacts, evidence: BundleCase | None, trust: Trust) -> None:
        """`evidence` was judged before."""
        self.chain, self.evidence, self.trust = chain, evidence, trust

    def node(self) -> NodeView:
        """The record; Unproven where there is none."""
        if self.chain.node is None:
            raise Unproven("the registry has no such node")
        return self.chain.node

    def field(self, name: str) -> bytes:
        """A field of the bundle's verified TD report; Unproven without one."""
        if self.evidence is None:
            raise Unproven("no bundle was given")
        return self.evidence.register(name)


def registered(case: NodeCase) -> str:
    """The registry has the node."""
    if case.chain.node is None:
        raise Rejection("NODE_UNKNOWN", case.chain.node_id)
    node = case.chain.node
    return f"{node['state']}, version {node['version']}, attested until {node['expires_at_ms']} ms"


def valid(case: NodeCase) -> str:
    """The registry holds the node to be valid now."""
    reasons = case.chain.verdict["reasons"]
    if reasons:
        raise Rejection(reasons[0]["code"], ", ".join(each["code"] for each in reasons))
    return f"until {case.chain.verdict['expires_at_ms']} ms"


def approved(case: NodeCase) -> str:
    """The registry's owner approves the measurement."""
    name, found = case.node()["measurement_id"], case.chain.measurement
    ends_at_ms = None if found is None else found["ends_at_ms"]
    if found is None or (ends_at_ms is not None and ends_at_ms <= case.chain.block_ms):
        raise Rejection("MEASUREMENT_NOT_APPROVED", name.hex())
    return f"{name.hex()} ({found['label']})"


def registry_code(case: NodeCase) -> str:
    """The registry runs the released node_registry."""
    return _released(case, case.chain.registry, "node_registry")


def verifier_code(case: NodeCase) -> str:
    """The registry's verifier runs the released attestation_verifier."""
    return _released(case, case.chain.config["verifier_id"], "attestation_verifier")


def verifier_root(case: NodeCase) -> str:
    """The registry's verifier trusts the root that the judge trusts."""
    found = case.chain.verifier_root
    if found is None:
        raise Unproven("the verifier does not say which root it trusts")
    if found != case.trust.root.fingerprint:
        raise Rejection("ROOT_NOT_TRUSTED", "the verifier trusts " + found.hex())
    return found.hex()


def binding(case: NodeCase) -> str:
    """The enclave quoted this network, registry, node and its keys."""
    quoted, node = case.field("report_data"), case.node()
    bound = wire.NodeBinding(
        case.chain.network,
        case.chain.registry,
        node["node_id"],
        node["signing_key"],
        node["encryption_key"],
        node["tls_spki_hash"],
    )
    if quoted[:32] != sha256(bound.to_borsh()):
        raise Rejection("REPORT_DATA_MISMATCH", quoted.hex())
    return f"challenge {quoted[32:].hex()}"


def measured(case: NodeCase) -> str:
    """The enclave runs the software that the registry has on record."""
    case.field("mr_td")
    evidence = case.evidence
    if evidence is None or evidence.compose_hash is None:
        raise Unproven("the bundle proves no compose hash")
    found = measurement_id(evidence.verified(), evidence.compose_hash)
    if found != case.node()["measurement_id"]:
        raise Rejection("MEASUREMENT_MISMATCH", found.hex())
    return found.hex()


def machine(case: NodeCase) -> str:
    """The enclave runs on the machine that the registry has on record."""
    if case.evidence is None:
        raise Unproven("no bundle was given")
    found = ppid_hash(case.evidence.verified())
    if found != case.node()["ppid_hash"]:
        raise Rejection("PLATFORM_MISMATCH", found.hex())
    return found.hex()


NODE_CLAIMS = (
    ("registered", registered),
    ("valid", valid),
    ("approved", approved),
    ("registry_code", registry_code),
    ("verifier_code", verifier_code),
    ("verifier_root", verifier_root),
    ("binding", binding),
    ("measurement", measured),
    ("machine", machine),
)


def _released(case: NodeCase, account: str, contract: str) -> str:
    found, wasm = case.chain.code_hashes[account], RELEASE / f"{contract}.wasm"
    if found is None:
        raise Rejection("CODE_MISSING", f"{account} has no code")
    if not wasm.is_file() or found != sha256(wasm.read_bytes()):
        raise Unproven(f"{account} runs code of sha256 {found.hex()}, which is not this release's")
    return f"{account}: sha256 {found.hex()}"
