"""Several actions on one account in one transaction: all of them happen or none."""

import base64
import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Self

from sealwright_sandbox.arguments import Arguments, encode
from sealwright_sandbox.outcome import Outcome, Pending
from sealwright_sandbox.units import DEFAULT_CALL_GAS

if TYPE_CHECKING:
    from sealwright_sandbox.account import Account

BLOCKS_DELEGATE_IS_VALID = 1000


class Batch:
    """A transaction under construction; every action returns the batch, `send` ends it.

    The actions are kept in the JSON form of nearcore's views.
    """

    def __init__(self, signer: "Account", receiver_id: str) -> None:
        self.signer = signer
        self.receiver_id = receiver_id
        self.actions: list[Any] = []

    def create_account(self) -> Self:
        """Create the receiver's account; follow with `transfer` and `add_key`."""
        return self._add("CreateAccount")

    def transfer(self, amount: int) -> Self:
        """Send yoctoNEAR."""
        return self._add({"Transfer": {"deposit": str(amount)}})

    def deploy(self, code: bytes) -> Self:
        """Put a contract on the account; its state stays."""
        return self._add({"DeployContract": {"code": base64.b64encode(code).decode()}})

    def function_call(
        self,
        method: str,
        args: Arguments = None,
        *,
        deposit: int = 0,
        gas: int = DEFAULT_CALL_GAS,
    ) -> Self:
        """Call a method. `args` is a JSON value or the raw bytes; `deposit` in yoctoNEAR."""
        call = {
            "method_name": method,
            "args": base64.b64encode(encode(args)).decode(),
            "gas": gas,
            "deposit": str(deposit),
        }
        return self._add({"FunctionCall": call})

    def add_key(
        self,
        public_key: str,
        *,
        contract_id: str | None = None,
        methods: Sequence[str] = (),
        allowance: int | None = None,
    ) -> Self:
        """Add a full-access key, or with `contract_id` a key for function calls on that contract.

        No `methods` means every method; `allowance` is the yoctoNEAR the key may spend on gas,
        None without a limit.
        """
        permission: Any = "FullAccess"
        if contract_id is not None:
            permission = {
                "FunctionCall": {
                    "receiver_id": contract_id,
                    "method_names": list(methods),
                    "allowance": None if allowance is None else str(allowance),
                }
            }
        access_key = {"nonce": 0, "permission": permission}
        return self._add({"AddKey": {"public_key": public_key, "access_key": access_key}})

    def delete_key(self, public_key: str) -> Self:
        """Remove a key of the receiver."""
        return self._add({"DeleteKey": {"public_key": public_key}})

    def delete_account(self, beneficiary_id: str) -> Self:
        """Delete the receiver; what it holds goes to the beneficiary. Only as the last action."""
        return self._add({"DeleteAccount": {"beneficiary_id": beneficiary_id}})

    def delegate(self, signed: str) -> Self:
        """Relay what somebody else signed with `sign_delegate` (NEP-366)."""
        return self._add(json.loads(signed))

    def action(self, action: Any) -> Self:
        """Add any other action in nearcore's JSON form."""
        return self._add(action)

    def send(self) -> Outcome:
        """Sign, send, and make blocks until every receipt has run.

        Raises TransactionRefused, CallFailed, NotFinished.
        """
        return self.signer.run(self.receiver_id, self.actions)

    def submit(self) -> Pending:
        """Sign and pool; no block is made. Raises TransactionRefused."""
        return self.signer.pool(self.receiver_id, self.actions)

    def sign(self) -> bytes:
        """The signed transaction in Borsh, with the key's next nonce, not sent."""
        return self.signer.sandbox.sign(self.signer, self.receiver_id, self.actions)

    def sign_delegate(self, blocks_valid: int = BLOCKS_DELEGATE_IS_VALID) -> str:
        """The actions as a signed delegate action for `delegate` of another account's batch."""
        return self.signer.sandbox.sign_delegate(self.signer, self.receiver_id, self.actions, blocks_valid)

    def _add(self, action: Any) -> Self:
        self.actions.append(action)
        return self
