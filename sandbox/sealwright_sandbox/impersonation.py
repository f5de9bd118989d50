"""Acting for an account without its key."""

from typing import TYPE_CHECKING, Any, NoReturn

from sealwright_sandbox.account import Account
from sealwright_sandbox.arguments import Arguments
from sealwright_sandbox.errors import SandboxMisused
from sealwright_sandbox.outcome import Outcome, Pending
from sealwright_sandbox.units import DEFAULT_CALL_GAS

if TYPE_CHECKING:
    from sealwright_sandbox.sandbox import Sandbox


class ImpersonatedAccount(Account):
    """An account whose transactions need no key.

    They are checked, charged and carried out as any other, but for signature, key and nonce;
    contracts see the empty public key. It signs nothing that could be used elsewhere.
    """

    sandbox: "Sandbox"

    def __init__(self, sandbox: "Sandbox", account_id: str) -> None:
        # Without the key that every other account has.
        self.sandbox = sandbox
        self.account_id = account_id

    @property
    def key(self) -> NoReturn:  # type: ignore[override]
        """There is none. Raises SandboxMisused."""
        raise SandboxMisused(f"{self.account_id} is impersonated: nothing can be signed for it")

    def call(
        self,
        contract_id: str,
        method: str,
        args: Arguments = None,
        *,
        deposit: int = 0,
        gas: int = DEFAULT_CALL_GAS,
    ) -> Outcome:
        """Call a contract's method and make blocks until every receipt has run.

        Raises CallFailed, TransactionRefused, NotFinished.
        """
        return self.batch(contract_id).function_call(method, args, deposit=deposit, gas=gas).send()

    def run(self, receiver_id: str, actions: list[Any]) -> Outcome:
        """Carry out actions and make blocks until every receipt has run."""
        return self.sandbox.run_impersonated(self.account_id, receiver_id, actions)

    def pool(self, receiver_id: str, actions: list[Any]) -> Pending:
        """Put actions into the pool; no block is made."""
        return self.sandbox.pool_impersonated(self.account_id, receiver_id, actions)

    def __repr__(self) -> str:
        return f"<ImpersonatedAccount {self.account_id}>"

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, ImpersonatedAccount)
            and self.account_id == other.account_id
            and self.sandbox is other.sandbox
        )

    def __hash__(self) -> int:
        return hash(self.account_id)
