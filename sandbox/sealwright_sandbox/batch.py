"""Several actions on one account in one transaction: all of them happen or none."""

import base64
import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Self

from sealwright_sandbox.arguments import Arguments, encode
from sealwright_sandbox.errors import SandboxMisused
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

    def add_gas_key(
        self,
        public_key: str,
        *,
        nonces: int,
        contract_id: str | None = None,
        methods: Sequence[str] = (),
    ) -> Self:
        """Add a key with its own balance for gas and so many parallel nonces (NEP-611).

        Fund it with `transfer_to_gas_key`. With `contract_id` it signs function calls on that
        contract alone.
        """
        gas_key = {"balance": "0", "num_nonces": nonces}
        permission: Any = {"GasKeyFullAccess": gas_key}
        if contract_id is not None:
            limits = {"allowance": None, "receiver_id": contract_id, "method_names": list(methods)}
            permission = {"GasKeyFunctionCall": gas_key | limits}
        access_key = {"nonce": 0, "permission": permission}
        return self._add({"AddKey": {"public_key": public_key, "access_key": access_key}})

    def transfer_to_gas_key(self, public_key: str, amount: int) -> Self:
        """Add yoctoNEAR to the balance of one of the receiver's gas keys."""
        return self._add({"TransferToGasKey": {"public_key": public_key, "deposit": str(amount)}})

    def withdraw_from_gas_key(self, public_key: str, amount: int) -> Self:
        """Move yoctoNEAR from a gas key's balance to the account's."""
        return self._add({"WithdrawFromGasKey": {"public_key": public_key, "amount": str(amount)}})

    def deploy_global(self, code: bytes, *, by_account: bool = False) -> Self:
        """Deploy a contract that any account may use, under its hash or under the account's id.

        Costs 0.1 NEAR per 1,000 bytes, which are burnt; the code is there in the next block.
        """
        name = "DeployGlobalContractByAccountId" if by_account else "DeployGlobalContract"
        return self._add({name: {"code": base64.b64encode(code).decode()}})

    def use_global(self, *, code_hash: str | None = None, account_id: str | None = None) -> Self:
        """Run the global contract with this hash, or the one that this account deployed.

        Raises SandboxMisused unless exactly one of the two is given.
        """
        if (code_hash is None) == (account_id is None):
            raise SandboxMisused("use_global takes either code_hash or account_id")
        if code_hash is not None:
            return self._add({"UseGlobalContract": {"code_hash": code_hash}})
        return self._add({"UseGlobalContractByAccountId": {"account_id": account_id}})

    def deterministic_state_init(
        self,
        *,
        code_hash: str | None = None,
        account_id: str | None = None,
        data: Mapping[bytes, bytes] | None = None,
        deposit: int = 0,
    ) -> Self:
        """Bring a `0s` account to life with a global contract and its first data (NEP-616).

        The receiver must be the id derived from both; a refusal names it. What `deposit` exceeds
        the account's storage comes back. Raises SandboxMisused as `use_global` does.
        """
        if (code_hash is None) == (account_id is None):
            raise SandboxMisused("deterministic_state_init takes either code_hash or account_id")
        code = {"hash": code_hash} if code_hash is not None else {"account_id": account_id}
        entries = {
            base64.b64encode(key).decode(): base64.b64encode(value).decode()
            for key, value in (data or {}).items()
        }
        init = {"code": code, "data": entries, "deposit": str(deposit)}
        return self._add({"DeterministicStateInit": init})

    def stake(self, amount: int, public_key: str) -> Self:
        """Ask to validate with so many yoctoNEAR and this key; 0 gives the stake back."""
        return self._add({"Stake": {"stake": str(amount), "public_key": public_key}})

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
