"""A dApp that asks an attested agent and keeps the answer: ordinary near-sdk-py source.

    ask(question) --request--> gateway ... an agent answers ... --> on_answer(result)

The gateway has checked the enclave's signature and the node's attestation before `on_answer` runs, so
what arrives as `answered` may be trusted as much as the measurements that this contract accepts. The
promise of the gateway always resolves; a question that nobody answered arrives as `timed_out`.
"""

# near-sdk-py is untyped.
# mypy: disable-error-code="untyped-decorator,no-untyped-call,no-untyped-def,type-arg,no-any-return,misc"

import binascii

from near_sdk_py import ONE_TGAS, Context, Contract, CrossContract, PromiseResult, call, callback, init, view

GAS_FOR_REQUEST = 60 * ONE_TGAS
"""The gateway says how much it needs: its view get_request_terms."""
GAS_FOR_ANSWER = 15 * ONE_TGAS
MAX_ANSWER_BYTES = 1024


class AskAgent(Contract):
    """Asks one gateway for one service; remembers the answers."""

    @init
    def new(self, gateway_id: str, service: str, measurement_ids: list) -> bool:
        """Set up once, in the transaction that deploys the contract.

        measurement_ids  hex; which agent code to trust. Empty: whatever the registry approved.
        """
        if "gateway_id" in self.storage:
            raise Exception("already set up")
        self.storage["gateway_id"] = gateway_id
        self.storage["service"] = service
        self.storage["measurement_ids"] = measurement_ids
        return True

    @call
    def ask(self, question: str, reward: str) -> None:
        """Ask; attach the reward (decimal yoctoNEAR) and the gateway's storage price.

        The transaction's result is the answer. What was attached beyond reward and price, and the
        reward of a question that nobody answered, wait at the gateway: see `collect`.
        """
        gateway = CrossContract(
            self.storage["gateway_id"], gas=GAS_FOR_REQUEST, deposit=Context.attached_deposit()
        )
        asked = gateway.call(
            "request",
            service=self.storage["service"],
            input=binascii.b2a_base64(question.encode()).decode().strip(),
            max_output_bytes=MAX_ANSWER_BYTES,
            measurement_ids=self.storage["measurement_ids"],
            reward=reward,
        )
        asked.gas(GAS_FOR_ANSWER).then("on_answer", question=question).value()

    @callback
    def on_answer(self, result: PromiseResult, question: str) -> dict:
        """Keep the verified answer and return it; near-sdk-py lets only this contract itself call."""
        if not result.success:
            # The gateway refused the request at once; it has returned the deposit to this contract.
            return {"status": "refused", "question": question, "answer": None, "node_id": None}
        told = result.data
        answer = None
        if told["status"] == "answered":
            answer = binascii.a2b_base64(told["output"]).decode()
        kept = {
            "status": told["status"],
            "question": question,
            "answer": answer,
            "node_id": told["node_id"],
        }
        self.storage["answer:" + str(told["request_id"])] = kept
        self.storage["last"] = kept
        return kept

    @view
    def get_last_answer(self) -> dict:
        """The answer that came last: {status, question, answer, node_id}, or null."""
        return self.storage.get("last")

    @view
    def get_answer(self, request_id: int) -> dict:
        """The answer to one request, or null."""
        return self.storage.get("answer:" + str(request_id))

    @call
    def collect(self) -> None:
        """Have the gateway send what it owes this contract. Anyone may ask, here or at the gateway."""
        gateway = CrossContract(self.storage["gateway_id"], gas=30 * ONE_TGAS)
        gateway.call("withdraw", account_id=Context.current_account_id()).value()
