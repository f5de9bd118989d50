"""What a call can know about itself and its chain. Amounts in yoctoNEAR, gas in gas units."""

from sealwright_protocol.types import AccountId, Gas, TimestampMs, Yocto

from common.shim import _host

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import NoReturn


def predecessor() -> AccountId:
    """The account that sent this call."""
    return AccountId(_host.predecessor())


def signer() -> AccountId:
    """The account that signed the transaction at the root. Never proof of who is calling."""
    return AccountId(_host.signer())


def signer_key() -> bytes:
    """The key that signed, as NEAR writes keys: one byte for the curve, then the key."""
    return _host.signer_key()


def current_account() -> AccountId:
    """This contract's own account."""
    return AccountId(_host.current_account())


def deposit() -> Yocto:
    """What the caller attached."""
    return Yocto(_host.deposit())


def balance() -> Yocto:
    """This account's balance, the attached deposit included."""
    return Yocto(_host.balance())


def block_ms() -> TimestampMs:
    """The block's time."""
    return TimestampMs(_host.block_ns() // 1000000)


def block_height() -> int:
    """The block's height."""
    return _host.block_height()


def random_seed() -> bytes:
    """32 bytes that nobody knew before the block; the same for every call in one receipt."""
    return _host.random_seed()


def chain_id() -> str:
    """The network's name as its genesis has it, such as "mainnet"."""
    return _host.chain_id()


def storage_usage() -> int:
    """Bytes of state this account uses now."""
    return _host.storage_usage()


def prepaid_gas() -> Gas:
    """Gas the caller gave to this call."""
    return Gas(_host.prepaid_gas())


def used_gas() -> Gas:
    """Gas this call has used so far."""
    return Gas(_host.used_gas())


def sha256(data: bytes) -> bytes:
    """SHA-256, 32 bytes."""
    return _host.sha256(data)


def ed25519_verify(signature: bytes, message: bytes, key: bytes) -> bool:
    """Whether an Ed25519 signature holds. False, too, when a length is wrong."""
    return _host.ed25519_verify(signature, message, key)


def p256_verify(signature: bytes, digest: bytes, key: bytes) -> bool:
    """Whether an ECDSA P-256 signature (r then s, 64 bytes) of a 32-byte digest holds
    under a compressed key (33 bytes). False, too, when a length is wrong."""
    return _host.p256_verify(signature, digest, key)


def log(text: str) -> None:
    """Write one log line. A receipt may log 16 kB in all."""
    _host.log(text)


def panic(text: str) -> "NoReturn":
    """End the call as failed. Contracts use `common.errors.refuse`, which gives the code."""
    _host.panic(text)


def value_return(data: bytes) -> None:
    """Set the result's raw bytes. A method's own return value does this for it."""
    _host.value_return(data)
