"""Collateral brought to a verifier contract, which checks it and keeps what is newer than what it has."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import base58
import requests
from sealwright_agents.errors import AgentError
from sealwright_agents.keys import load_key
from sealwright_agents.signer import read_private_json
from sealwright_protocol.client.attestation_verifier import (
    AttestationVerifier,
    KeptCollateralView,
    KeptDocumentView,
)
from sealwright_protocol.client.calls import Call, View
from sealwright_protocol.client.errors import ContractError
from sealwright_protocol.verdict import Collateral as WireCollateral
from tee_attestation_verifier.intel.collateral import Collateral, as_bytes
from tee_attestation_verifier.offchain.inventory import SIGNER_CHAIN, Item, inventory
from tee_attestation_verifier.pem import read_chain
from tee_attestation_verifier.x509 import parse_certificate

from sealwright.collateral.wanted import read_amount
from sealwright.transports import RpcFailed, RpcTransport, Transport
from sealwright.verify.inputs import UsageError

KEPT, ALREADY_KEPT = "kept", "already kept"
NOT_NEWER = "COLLATERAL_NOT_NEWER"


class PublishFailed(Exception):
    """The contract refused (`code`), or could not be asked (no code: try again)."""

    def __init__(self, text: str, code: str | None = None) -> None:
        super().__init__(text)
        self.code = code


def publish(transport: Transport, contract_id: str, collateral: Collateral, prepaid: int) -> str:
    """Bring collateral to a contract unless it is kept there already; says which.

    The price of what is kept comes from the account's prepaid balance, which is filled up to `prepaid` yoctoNEAR
    first; what superseded parts gave back is fetched once it is as much. With 0 no money moves but the prepaid, so
    that a function-call key will do. Raises PublishFailed.
    """
    verifier = AttestationVerifier(contract_id)
    try:
        if is_kept(transport.view(_kept_view(verifier, collateral)), collateral):
            return ALREADY_KEPT
        account = transport.view(verifier.get_account(account_id=transport.account_id))
        held = account["prepaid"] if account is not None else 0
        transport.call(put_collateral_call(verifier, collateral, max(prepaid - held, 0)))
        if account is not None and account["owed"] >= prepaid > 0:
            transport.call(verifier.withdraw(account_id=transport.account_id))
    except ContractError as refusal:
        if refusal.code == NOT_NEWER:  # somebody else was faster
            return ALREADY_KEPT
        raise PublishFailed(str(refusal), refusal.code) from refusal
    except (AgentError, RpcFailed, requests.RequestException) as failure:
        raise PublishFailed(str(failure)) from failure
    return KEPT


def put_collateral_call(verifier: AttestationVerifier, collateral: Collateral, deposit: int) -> Call[None]:
    """The transaction: Borsh `Collateral` as argument; `deposit` in yoctoNEAR."""
    return verifier.put_collateral(data=encode(collateral), deposit=deposit)


def encode(collateral: Collateral) -> bytes:
    """Borsh `Collateral` of the wire format, without a PCK chain, which a contract does not keep."""
    return WireCollateral(**{**vars(collateral), "pck_certificate_chain": None}).to_borsh()


def is_kept(kept: KeptCollateralView, collateral: Collateral) -> bool:
    """Whether nothing in the collateral was issued after what the contract keeps in its place."""
    parts = _parts(collateral)
    lists = ((kept["root_crl"], parts["root CRL"]), (kept["pck_crl"], parts["PCK CRL"]))
    if any(row is None or row["this_update_ms"] < part.valid_from * 1000 for row, part in lists):
        return False
    return _has_document(kept["tcb_infos"], parts["TCB info"]) and _has_document(
        kept["qe_identities"], parts["QE identity"]
    )


@contextmanager
def open_publisher(
    contract_id: str, rpc: str | None, key_file: Path | None, prepaid: str
) -> Iterator[Callable[[Collateral], str]]:
    """`publish` to a contract over JSON-RPC, with the key in a file of near-cli's form, which names its account.

    `prepaid` is NEAR as decimal text. Raises UsageError.
    """
    if rpc is None or key_file is None:
        raise UsageError("publishing needs a node (--rpc) and a key (--key-file)")
    amount = read_amount(prepaid)
    try:
        account_id = str(read_private_json(key_file)["account_id"])
        key = load_key(key_file, account_id, contract_id)
    except (AgentError, KeyError) as wrong:
        raise UsageError(f"--key-file {key_file}: {wrong}") from None
    secret = "ed25519:" + base58.b58encode(key.secret).decode()
    with closing(RpcTransport(rpc, account_id, secret)) as transport:
        yield lambda collateral: publish(transport, contract_id, collateral, amount)


def _kept_view(verifier: AttestationVerifier, collateral: Collateral) -> View[KeptCollateralView]:
    facts = _parts(collateral)["TCB info"].facts
    chain = read_chain(as_bytes(collateral.pck_crl_issuer_chain), SIGNER_CHAIN, "PCK CRL chain")
    authority = parse_certificate(chain[0])
    digest = hashlib.sha256(authority.subject + authority.public_key).digest()
    return verifier.get_collateral(tee=str(facts["tee"]), fmspc=str(facts["fmspc"]), authority=digest)


def _parts(collateral: Collateral) -> dict[str, Item]:
    return {item.name: item for item in inventory(collateral)}


def _has_document(kept: list[KeptDocumentView], part: Item) -> bool:
    return any(
        row["evaluation_number"] == part.facts["evaluation"] and row["issued_ms"] >= part.valid_from * 1000
        for row in kept
    )
