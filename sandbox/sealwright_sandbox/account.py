"""An account: its keys, what it does, what the chain knows of it."""

from typing import TYPE_CHECKING, Any

from sealwright_sandbox._engine import Key
from sealwright_sandbox.arguments import Arguments
from sealwright_sandbox.batch import Batch
from sealwright_sandbox.errors import AccountUnknown
from sealwright_sandbox.keys import parse_key
from sealwright_sandbox.outcome import Outcome, Pending
from sealwright_sandbox.units import DEFAULT_CALL_GAS, NEAR

if TYPE_CHECKING:
    from sealwright_sandbox.seam import Backend


class Account:
    """An account id and the key to sign with. Holds no state: every property asks the chain."""

    def __init__(self, sandbox: "Backend", account_id: str, key: Key) -> None:
        self.sandbox = sandbox
        self.account_id = account_id
        self.key = key

    @property
    def public_key(self) -> str:
        """`ed25519:<base58>` of the signing key."""
        return self.key.public_key

    @property
    def secret_key(self) -> str:
        """`ed25519:<base58 of 64 bytes>`, as every NEAR tool reads it."""
        return self.key.secret_key

    @property
    def balance(self) -> int:
        """yoctoNEAR, without what is staked. Raises AccountUnknown."""
        return int(self.state["amount"])

    @property
    def storage_usage(self) -> int:
        """Bytes of state the account pays for. Raises AccountUnknown."""
        return int(self.state["storage_usage"])

    @property
    def state(self) -> dict[str, Any]:
        """nearcore's account view: amount, locked, code_hash, storage_usage. Raises AccountUnknown."""
        return self.sandbox.account_state(self.account_id)

    @property
    def exists(self) -> bool:
        """Whether the chain has this account."""
        try:
            self.sandbox.account_state(self.account_id)
        except AccountUnknown:
            return False
        return True

    @property
    def keys(self) -> list[dict[str, Any]]:
        """Its access keys: {public_key, access_key: {nonce, permission}}."""
        found = self.sandbox.query("view_access_key_list", account_id=self.account_id)
        keys: list[dict[str, Any]] = found["keys"]
        return keys

    @property
    def storage(self) -> dict[bytes, bytes]:
        """Every key and value its contract has stored."""
        return self.sandbox.storage(self.account_id)

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

        `args` is a JSON value or raw bytes, `deposit` in yoctoNEAR.
        Raises CallFailed, TransactionRefused, NotFinished.
        """
        return self.sandbox.run_call(self, contract_id, method, args, deposit, gas)

    def submit(
        self,
        contract_id: str,
        method: str,
        args: Arguments = None,
        *,
        deposit: int = 0,
        gas: int = DEFAULT_CALL_GAS,
    ) -> Pending:
        """Sign a call and pool it; no block is made. Raises TransactionRefused."""
        return self.batch(contract_id).function_call(method, args, deposit=deposit, gas=gas).submit()

    def view(self, contract_id: str, method: str, args: Arguments = None) -> Any:
        """A view method's JSON value; the same as `sandbox.view`."""
        return self.sandbox.view(contract_id, method, args)

    def batch(self, receiver_id: str | None = None) -> Batch:
        """Several actions in one transaction, on this account unless told otherwise."""
        return Batch(self, self.account_id if receiver_id is None else receiver_id)

    def run(self, receiver_id: str, actions: list[Any]) -> Outcome:
        """Sign actions (nearcore's JSON) and make blocks until every receipt has run.

        Raises CallFailed, TransactionRefused, NotFinished.
        """
        return self.sandbox.send(self.sandbox.sign(self, receiver_id, actions))

    def pool(self, receiver_id: str, actions: list[Any]) -> Pending:
        """Sign actions and pool them; no block is made. Raises TransactionRefused."""
        return self.sandbox.submit(self.sandbox.sign(self, receiver_id, actions))

    def transfer(self, receiver_id: str, amount: int) -> Outcome:
        """Send yoctoNEAR."""
        return self.batch(receiver_id).transfer(amount).send()

    def deploy(self, code: bytes, *, abi: Any = None) -> Outcome:
        """Put a contract on this account; traces read its calls by the ABI (document or file)."""
        if abi is not None:
            self.sandbox.abis[self.account_id] = abi
        return self.batch().deploy(code).send()

    def create_account(self, name: str, balance: int = NEAR) -> "Account":
        """Create `<name>.<this account>` with the test key of its id, paid by this account."""
        account_id = f"{name}.{self.account_id}"
        created = self.sandbox.account(account_id)
        batch = self.batch(account_id).create_account().transfer(balance)
        batch.add_key(created.public_key).send()
        return created

    def delete(self, beneficiary_id: str) -> Outcome:
        """Delete this account; what it holds goes to the beneficiary."""
        return self.batch().delete_account(beneficiary_id).send()

    def with_key(self, secret_key: str) -> "Account":
        """The same account, signing with another key. Raises SandboxMisused where it is none."""
        return Account(self.sandbox, self.account_id, parse_key(secret_key))

    def __repr__(self) -> str:
        return f"<Account {self.account_id}>"

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, Account)
            and (self.account_id, self.public_key) == (other.account_id, other.public_key)
            and self.sandbox is other.sandbox
        )

    def __hash__(self) -> int:
        return hash((self.account_id, self.public_key))
