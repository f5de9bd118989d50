"""Key files and enclave secrets: made privately, refused when too powerful or readable by others."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import base58
import pytest
from sealwright_agents import signer
from sealwright_agents.errors import KeyRefused
from sealwright_agents.keys import METHODS, AccessKey, KeyOnChain, check_strength, create_key, load_key
from sealwright_protocol.wire import ResultReceipt

MARKET = METHODS["market"]


@pytest.fixture
def key(tmp_path: Path) -> AccessKey:
    return create_key(tmp_path / "market.json", "operator.near", "market.near")


def on_chain(
    receiver_id: str = "market.near", methods: Sequence[str] = MARKET, permission: Any = None
) -> KeyOnChain:
    call = {"allowance": "250000000000000000000000", "receiver_id": receiver_id, "method_names": [*methods]}
    return KeyOnChain.from_view({"nonce": 5, "permission": permission or {"FunctionCall": call}})


def test_create_key__can_be_loaded_and_is_private(tmp_path: Path, key: AccessKey) -> None:
    path = tmp_path / "market.json"
    assert path.stat().st_mode & 0o777 == 0o600
    assert load_key(path, "operator.near", "market.near") == key
    assert key.public_key.startswith("ed25519:")
    assert str(key.secret) not in repr(key)
    with pytest.raises(FileExistsError):
        create_key(path, "operator.near", "market.near")


def test_load_key__reads_a_file_of_near_cli_with_a_bare_seed(tmp_path: Path, key: AccessKey) -> None:
    seed = base58.b58encode(key.secret[:32]).decode()
    path = tmp_path / "seed.json"
    signer.write_private_json(path, {"private_key": f"ed25519:{seed}"})
    assert load_key(path, "operator.near", "market.near").public_key == key.public_key


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"account_id": "other.near"}, "belongs to other.near"),
        ({"public_key": "ed25519:11111111111111111111111111111111"}, "do not belong together"),
        ({"private_key": "secp256k1:abc"}, "no ed25519 private key"),
        ({"private_key": "ed25519:abc"}, "no ed25519 private key"),
        ({"private_key": 7}, "no ed25519 private key"),
    ],
)
def test_load_key__refuses_a_wrong_file(
    tmp_path: Path, key: AccessKey, change: dict[str, Any], why: str
) -> None:
    content = json.loads((tmp_path / "market.json").read_text())
    path = tmp_path / "changed.json"
    signer.write_private_json(path, content | change)
    with pytest.raises(KeyRefused, match=why):
        load_key(path, "operator.near", "market.near")


def test_load_key__refuses_a_file_that_others_can_read(tmp_path: Path, key: AccessKey) -> None:
    (tmp_path / "market.json").chmod(0o644)
    with pytest.raises(KeyRefused, match="chmod 600"):
        load_key(tmp_path / "market.json", "operator.near", "market.near")


def test_check_strength__accepts_exactly_the_method_list(key: AccessKey) -> None:
    check_strength(key, on_chain(), MARKET)


@pytest.mark.parametrize(
    ("found", "why"),
    [
        (on_chain(permission="FullAccess"), "full-access"),
        (on_chain(permission={"GasKeyFullAccess": {"balance": "1", "num_nonces": 1}}), "full-access"),
        (on_chain(receiver_id="other.near"), "opens other.near"),
        (on_chain(methods=()), "may call every method"),
        (on_chain(methods=(*MARKET, "withdraw_prepaid")), "may also call withdraw_prepaid"),
        (on_chain(methods=MARKET[1:]), f"may not call {MARKET[0]}"),
    ],
)
def test_check_strength__refuses_stronger_and_weaker_keys(
    key: AccessKey, found: KeyOnChain, why: str
) -> None:
    with pytest.raises(KeyRefused, match=why):
        check_strength(key, found, MARKET)


def test_methods__leave_out_what_moves_money_or_ends_a_node() -> None:
    every = {method for methods in METHODS.values() for method in methods}
    assert not every & {"withdraw_prepaid", "deactivate_node", "remove_node", "close_account", "deposit"}


def test_signer__signs_receipts_under_the_same_key_after_a_restart(tmp_path: Path) -> None:
    path = tmp_path / "keys" / "enclave.json"
    first, second = signer.load_or_create(path), signer.load_or_create(path)
    assert (first.signing_key, first.encryption_key) == (second.signing_key, second.encryption_key)
    assert path.stat().st_mode & 0o777 == 0o600
    receipt = ResultReceipt(
        "sandbox", "market.near", bytes(32), 7, 1, bytes(32), bytes(32), bytes(32), "desk.operator.near"
    )
    signature = first.sign_receipt(receipt)
    signer.verify(second.signing_key, signature, receipt.to_borsh())
    with pytest.raises(ValueError, match="does not belong"):
        signer.verify(second.signing_key, signature, receipt.to_borsh() + b"x")


def test_load__refuses_what_is_no_secrets_file(tmp_path: Path) -> None:
    path = tmp_path / "enclave.json"
    with pytest.raises(KeyRefused, match="cannot be read"):
        signer.load(path)
    signer.write_private_json(path, {"signing_seed": "00"})
    with pytest.raises(KeyRefused, match="not an enclave secrets file"):
        signer.load(path)
