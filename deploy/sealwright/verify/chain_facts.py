"""What a NEAR RPC node says of a registered node: its record, its registry's answers, the code behind them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import base58
import requests
from sealwright_agents.errors import ViewFailed
from sealwright_protocol.client.attestation_verifier import AttestationVerifier
from sealwright_protocol.client.errors import ContractError
from sealwright_protocol.client.node_registry import (
    ConfigView,
    MeasurementView,
    NodeRegistry,
    NodeView,
    Verdict,
)

from sealwright.transports import RpcFailed, RpcReader

# What a node or a contract does instead of answering.
NO_ANSWER = (RpcFailed, ViewFailed, ContractError, requests.RequestException, ValueError)


@dataclass(frozen=True)
class ChainFacts:
    """What was read: `block_ms` the newest block's time; code hashes are SHA-256 of the wasm, None for no code."""

    network: str
    block_ms: int
    registry: str
    node_id: str
    node: NodeView | None
    verdict: Verdict
    config: ConfigView
    measurement: MeasurementView | None
    code_hashes: dict[str, bytes | None]
    verifier_root: bytes | None


def read_chain(reader: RpcReader, registry: str, node_id: str) -> ChainFacts:
    """Read everything about a node. Raises one of NO_ANSWER."""
    status, contract = reader.request("status", []), NodeRegistry(registry)
    block = reader.request("block", {"finality": "optimistic"})
    node, config = reader.view(contract.get_node(node_id=node_id)), reader.view(contract.get_config())
    measurement = None
    if node is not None:
        measurement = reader.view(contract.get_measurement(measurement_id=node["measurement_id"]))
    verifier = config["verifier_id"]
    return ChainFacts(
        status["chain_id"],
        block["header"]["timestamp"] // 1_000_000,
        registry,
        node_id,
        node,
        reader.view(contract.is_node_valid(node_id=node_id)),
        config,
        measurement,
        {account: _code_hash(reader, account) for account in (registry, verifier)},
        _verifier_root(reader, verifier),
    )


def _code_hash(reader: RpcReader, account: str) -> bytes | None:
    view: dict[str, Any] = reader.query(request_type="view_account", account_id=account)
    found = base58.b58decode(view.get("global_contract_hash") or view["code_hash"])
    return found if any(found) else None


def _verifier_root(reader: RpcReader, verifier: str) -> bytes | None:
    """The root that a verifier of ours names; None for one that has no such view."""
    try:
        return reader.view(AttestationVerifier(verifier).get_trusted_root())["sha256"]
    except NO_ANSWER:
        return None
