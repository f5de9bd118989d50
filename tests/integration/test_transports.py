"""The same calls through both transports: in process and over JSON-RPC."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

sandboxes = pytest.importorskip("sealwright_sandbox", reason="the sandbox's native module is not built")

from sealwright.transports import RpcFailed, RpcTransport, SandboxTransport, Transport  # noqa: E402
from sealwright_protocol.client.calls import View  # noqa: E402
from sealwright_protocol.client.errors import ContractError, NothingOwedError  # noqa: E402
from sealwright_protocol.client.task_market import TaskMarket  # noqa: E402

from tests.integration.agent_world import NEAR, RELEASE, AgentWorld  # noqa: E402

pytestmark = pytest.mark.skipif(not (RELEASE / "task_market.wasm").exists(), reason="no released contracts")
MARKET = TaskMarket("market.near")


@pytest.fixture(scope="module")
def world() -> Iterator[AgentWorld]:
    with sandboxes.Sandbox(seed=b"transports") as sandbox:
        made = AgentWorld(sandbox)
        with sandbox.serve() as rpc:
            made.rpc_url = rpc.url
            yield made


@pytest.fixture(params=["sandbox", "rpc"])
def transport(request: pytest.FixtureRequest, world: AgentWorld) -> Iterator[Transport]:
    account = world.sandbox.create_account(f"saver-{request.param}-{request.node.name[:9].strip('_')}")
    if request.param == "sandbox":
        yield SandboxTransport(account)
        return
    over_rpc = RpcTransport(world.rpc_url, account.account_id, account.secret_key)
    yield over_rpc
    over_rpc.close()


def test_call__returns_the_decoded_value_and_view_sees_it(transport: Transport) -> None:
    assert transport.call(MARKET.deposit(deposit=3 * NEAR)) > 2 * NEAR
    account = transport.view(MARKET.get_account(account_id=transport.account_id))
    assert account is not None
    assert account["owed"] == 0


def test_refusals__have_the_class_of_their_code(transport: Transport) -> None:
    transport.call(MARKET.deposit(deposit=NEAR))
    with pytest.raises(NothingOwedError) as refusal:
        transport.call(MARKET.withdraw(account_id=transport.account_id))
    assert refusal.value.code == "NOTHING_OWED"
    with pytest.raises(ContractError, match="BAD_ARGUMENT"):
        transport.view(View("market.near", "get_task", b"{}", bytes))


def test_rpc__reports_what_is_no_contracts_refusal(world: AgentWorld) -> None:
    stranger = RpcTransport(world.rpc_url, "nobody.near", world.client.secret_key)
    with pytest.raises(RpcFailed, match="does not exist"):
        stranger.call(MARKET.deposit(deposit=NEAR))
    stranger.close()
