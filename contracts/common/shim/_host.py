"""NEAR's host functions over an in-memory chain: the CPython twin of the C module `_host`.

Everything acts on the one `chain` below, which `common.shim.harness` sets up. Limits and
gas are not simulated; wrong types and ranges raise as the C module does.
"""

import hashlib
from typing import NoReturn

from common.shim.chain import Panic, RecordedAction, chain

U128 = 1 << 128
U64 = 1 << 64


def _uint(value: int, limit: int) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise TypeError("int expected")
    if not 0 <= value < limit:
        raise ValueError("int out of range")
    return value


def _bytes(value: bytes | str) -> bytes:
    if isinstance(value, str):
        return value.encode()
    if not isinstance(value, (bytes, bytearray, memoryview)):
        raise TypeError("bytes expected")
    return bytes(value)


# Input, output ------------------------------------------------------------------------------


def input() -> bytes:
    return chain.input


def value_return(data: bytes) -> None:
    chain.returned = _bytes(data)


def panic(text: str) -> NoReturn:
    raise Panic(text)


def log(text: str) -> None:
    chain.logs.append(text)


# Context ------------------------------------------------------------------------------------


def predecessor() -> str:
    return chain.predecessor


def signer() -> str:
    return chain.signer


def signer_key() -> bytes:
    return b"\x00" + chain.signer_key


def current_account() -> str:
    return chain.current_account


def deposit() -> int:
    return chain.deposit


def balance() -> int:
    return chain.balance


def locked_balance() -> int:
    return 0


def block_height() -> int:
    return chain.block_height


def block_ns() -> int:
    return chain.block_ms * 1_000_000


def epoch_height() -> int:
    return chain.block_height // 43_200


def storage_usage() -> int:
    return chain.base_storage + sum(40 + len(key) + len(value) for key, value in chain.storage.items())


def prepaid_gas() -> int:
    return chain.prepaid_gas


def used_gas() -> int:
    return chain.used_gas


def random_seed() -> bytes:
    return hashlib.sha256(f"seed of block {chain.block_height}".encode()).digest()


def chain_id() -> str:
    return chain.chain_id


# Hashes and signatures ----------------------------------------------------------------------


def sha256(data: bytes) -> bytes:
    return hashlib.sha256(_bytes(data)).digest()


def ed25519_verify(signature: bytes, message: bytes, key: bytes) -> bool:
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    if len(signature) != 64 or len(key) != 32:
        return False
    try:
        Ed25519PublicKey.from_public_bytes(_bytes(key)).verify(_bytes(signature), _bytes(message))
    except (InvalidSignature, ValueError):
        return False
    return True


def p256_verify(signature: bytes, digest: bytes, key: bytes) -> bool:
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import ec, utils

    if (len(signature), len(digest), len(key)) != (64, 32, 33):
        return False
    r, s = int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big")
    try:
        public_key = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), _bytes(key))
        rule = ec.ECDSA(utils.Prehashed(hashes.SHA256()))
        public_key.verify(utils.encode_dss_signature(r, s), _bytes(digest), rule)
    except (InvalidSignature, ValueError):
        return False
    return True


# Storage ------------------------------------------------------------------------------------


def storage_read(key: bytes) -> bytes | None:
    return chain.storage.get(_bytes(key))


def storage_write(key: bytes, value: bytes) -> bool:
    existed = _bytes(key) in chain.storage
    chain.storage[_bytes(key)] = _bytes(value)
    return existed


def storage_remove(key: bytes) -> bool:
    return chain.storage.pop(_bytes(key), None) is not None


def storage_has(key: bytes) -> bool:
    return _bytes(key) in chain.storage


# Promises -----------------------------------------------------------------------------------


def promise_create(account: str, method: str, args: bytes, amount: int, gas: int) -> int:
    index = promise_batch_create(account)
    batch_function_call(index, method, args, amount, gas, 0)
    return index


def promise_then(index: int, account: str, method: str, args: bytes, amount: int, gas: int) -> int:
    after = promise_batch_then(index, account)
    batch_function_call(after, method, args, amount, gas, 0)
    return after


def promise_and(indexes: list[int]) -> int:
    return chain.add_promise("", tuple(indexes))


def promise_batch_create(account: str) -> int:
    return chain.add_promise(account, ())


def promise_batch_then(index: int, account: str) -> int:
    return chain.add_promise(account, (index,))


def batch_function_call(index: int, method: str, args: bytes, amount: int, gas: int, weight: int = 0) -> None:
    amount, gas = _uint(amount, U128), _uint(gas, U64)
    action = RecordedAction("function_call", method, _bytes(args), amount, gas, _uint(weight, U64))
    chain.add_action(index, action)
    chain.spend(amount)


def batch_transfer(index: int, amount: int) -> None:
    chain.add_action(index, RecordedAction("transfer", deposit=_uint(amount, U128)))
    chain.spend(amount)


def batch_create_account(index: int) -> None:
    chain.add_action(index, RecordedAction("create_account"))


def promise_return(index: int) -> None:
    chain.returned_promise = index


def promise_results_count() -> int:
    return len(chain.promise_results)


def promise_result(index: int) -> bytes | None:
    return chain.promise_results[index]


def yield_create(method: str, args: bytes, gas: int, weight: int = 0) -> tuple[int, bytes]:
    index = chain.add_promise(chain.current_account, (), yielded=True)
    batch_function_call(index, method, args, 0, gas, weight)
    data_id = hashlib.sha256(f"yield {chain.block_height} {len(chain.yields)}".encode()).digest()
    chain.yields[data_id] = None
    return index, data_id


def yield_resume(data_id: bytes, payload: bytes) -> bool:
    if chain.yields.get(data_id, b"") is not None:
        return False
    chain.yields[data_id] = _bytes(payload)
    return True
