"""Refusals. A call that is refused panics with "CODE: text" or "CODE: text: detail".

Clients match CODE, which never changes; text may improve. The host undoes everything
a panicking call did and sends its deposit back.
"""

from common.shim import _host

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import NoReturn


class Refusal:
    """One way in which a contract refuses a call.

    code  UPPER_SNAKE, unique in the suite, stable
    text  a sentence without a full stop that says what is expected
    """

    def __init__(self, code: str, text: str) -> None:
        self.code = code
        self.text = text

    def __repr__(self) -> str:
        return self.code


BAD_ARGUMENT = Refusal("BAD_ARGUMENT", "an argument is missing, unknown, mistyped or out of range")
NOT_PAYABLE = Refusal("NOT_PAYABLE", "this method takes no deposit")
ONE_YOCTO = Refusal("ONE_YOCTO", "attach exactly one yoctoNEAR")
NOT_OWNER = Refusal("NOT_OWNER", "only the contract's owner may do this")
SELF_ONLY = Refusal("SELF_ONLY", "only this contract itself may call this")
NOT_INITIALISED = Refusal("NOT_INITIALISED", "the contract is not initialised")
ALREADY_INITIALISED = Refusal("ALREADY_INITIALISED", "the contract is initialised already")
NOT_ENOUGH_GAS = Refusal("NOT_ENOUGH_GAS", "the call needs more gas")
INSUFFICIENT_BALANCE = Refusal("INSUFFICIENT_BALANCE", "the balance does not cover this amount")
STORAGE_NOT_COVERED = Refusal("STORAGE_NOT_COVERED", "the contract's free balance does not cover its storage")


def refuse(refusal: Refusal, detail: object = "") -> "NoReturn":
    """End the call with this refusal. `detail` says what was found; keep it short."""
    text = f"{refusal.code}: {refusal.text}"
    _host.panic(f"{text}: {detail}" if detail != "" else text)


def require(condition: object, refusal: Refusal, detail: object = "") -> None:
    """Refuse the call unless `condition` holds."""
    if not condition:
        refuse(refusal, detail)
