"""Everything that can go wrong off chain, in one tree.

    AgentError
    |-- ConfigError          the configuration file is wrong; the text names the entry
    |-- KeyRefused           an access key is missing, too powerful or too weak
    |-- JournalError         the journal cannot be used: locked, foreign or damaged
    |-- TransportError       the node did not answer; the same request may be repeated
    |-- TransactionError     a transaction did not do its work
    |   |-- Dropped          it never ran and never can: sign a new one
    |   |-- Rejected         the node refused it for a cause that a new signature does not cure
    |   `-- ExecutionFailed  it ran and failed without a `CODE: text` of a contract
    |-- ViewFailed           a view ended without a `CODE: text` of a contract
    |-- AnswerMalformed      a contract answered something that this version's client cannot read
    |-- InputRefused         the input of a task cannot be had or does not match its hash
    |-- HandlerFailed        a handler raised, returned nothing usable or ran out of time
    `-- QuoteFailed          the TEE gave no quote, or must not be used here

A contract's own refusal (`CODE: text`) is a `sealwright_protocol.client.errors.ContractError`,
one class a code, and stands beside this tree: it is an answer, not an accident.
"""


class AgentError(Exception):
    """Base of all failures of the agent's own making or surroundings."""


class ConfigError(AgentError):
    """The configuration is wrong; the message names the entry and what is expected."""


class KeyRefused(AgentError):
    """An access key may not, or cannot, be used by an agent."""


class JournalError(AgentError):
    """The journal file cannot be used."""


class TransportError(AgentError):
    """The node gave no answer, or said that it cannot answer now."""


class TransactionError(AgentError):
    """A transaction did not do its work; `transaction_hash` names it."""

    def __init__(self, text: str, transaction_hash: str = "") -> None:
        super().__init__(f"{text} (transaction {transaction_hash})" if transaction_hash else text)
        self.transaction_hash = transaction_hash


class Dropped(TransactionError):
    """The transaction never ran and never can: its nonce is used up or its block hash too old."""


class Rejected(TransactionError):
    """The node refused the transaction for a cause that signing again does not cure."""


class ExecutionFailed(TransactionError):
    """The transaction ran and failed, and no contract said why."""


class ViewFailed(AgentError):
    """A view call failed, and no contract said why."""


class AnswerMalformed(AgentError):
    """A contract's answer has another form than the client knows: is one of the two newer?"""


class InputRefused(AgentError):
    """The input of a piece of work cannot be read, is too large or does not match its hash."""


class HandlerFailed(AgentError):
    """A handler raised, returned nothing usable or ran out of time."""


class QuoteFailed(AgentError):
    """The quote provider gave no quote, or must not be used on this network."""
