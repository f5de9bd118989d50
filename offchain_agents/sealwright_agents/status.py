"""What `sealwright-agent status` shows: one look at the journal and, unless offline, at the chain."""

from typing import IO, Any

from sealwright_protocol.client.errors import ContractError
from sealwright_protocol.client.node_registry import NodeRegistry

from sealwright_agents.chain import Block, ChainClient
from sealwright_agents.config import Config
from sealwright_agents.errors import AgentError, JournalError
from sealwright_agents.journal import JournalReader
from sealwright_agents.keys import METHODS, AccessKey, check_strength
from sealwright_agents.runtime import load_keys
from sealwright_agents.tables import YOCTO_PER_NEAR
from sealwright_agents.upkeep import CLIENTS

# The largest integer that every reader of JSON keeps exactly.
MAX_JSON_INTEGER = 2**53 - 1


async def read_status(config: Config, *, items: int, offline: bool) -> dict[str, Any]:
    """Everything as JSON values; `problems` says in words what keeps `healthy` from being true."""
    status: dict[str, Any] = {"node_id": config.node_id, "problems": [], **_read_journal(config, items)}
    if not offline:
        try:
            status.update(await _read_chain(config, status["problems"]))
        except (AgentError, ContractError) as failure:
            status["problems"].append(str(failure))
    status["healthy"] = not status["problems"]
    return status


def _read_journal(config: Config, limit: int) -> dict[str, Any]:
    try:
        with JournalReader(config.state_dir) as reader:
            newest = [
                {"work": item.name, "service": item.service, "state": item.state, "detail": item.detail}
                for item in reader.latest(limit)
            ]
            return {"counts": reader.counts(), "items": newest}
    except JournalError:
        return {"counts": {}, "items": []}  # it has not run yet, which is no problem of its own


async def _read_chain(config: Config, problems: list[str]) -> dict[str, Any]:
    keys = load_keys(config)
    async with ChainClient(config.rpc, config.account_id, keys.values()) as chain:
        head = await chain.head()
        balance = await chain.balance()
        if balance < config.warnings.min_balance:
            problems.append(f"balance of {config.account_id} is low: {_near(balance)} NEAR")
        return {
            "block": {"height": head.height, "time_ms": head.time_ms},
            "balance": str(balance),
            "node": await _read_node(config, chain, head, problems),
            "keys": [await _read_key(role, key, chain, problems) for role, key in keys.items()],
            "accounts": await _read_accounts(config, chain),
        }


async def _read_node(
    config: Config, chain: ChainClient, head: Block, problems: list[str]
) -> dict[str, Any] | None:
    node = await chain.view(NodeRegistry(config.registry).get_node(node_id=config.node_id))
    if node is None:
        problems.append("the node is not registered")
    elif node["state"] != "active":
        problems.append(f"the node is {node['state']}")
    elif node["expires_at_ms"] <= head.time_ms:
        problems.append("the attestation has expired")
    elif node["expires_at_ms"] <= head.time_ms + config.limits.renew_before_ms // 2:
        left_s = (node["expires_at_ms"] - head.time_ms) // 1_000
        problems.append(f"the attestation ends in {left_s} s and was not renewed")
    return _plain(node) if node else None


async def _read_key(role: str, key: AccessKey, chain: ChainClient, problems: list[str]) -> dict[str, Any]:
    shown: dict[str, Any] = {"role": role, "public_key": key.public_key, "allowance": None}
    try:
        found = await chain.access_key(key)
        check_strength(key, found, METHODS[role])
        shown["allowance"] = None if found.allowance is None else str(found.allowance)
    except AgentError as failure:
        problems.append(str(failure))
    return shown


async def _read_accounts(config: Config, chain: ChainClient) -> dict[str, Any]:
    accounts: dict[str, Any] = {}
    for role, contract_id in config.contracts.items():
        view = CLIENTS[role](contract_id).get_account(account_id=config.account_id)
        accounts[role] = _plain(await chain.view(view))
    return accounts


def _plain(value: Any) -> Any:
    """The value for JSON: bytes as hex, amounts beyond what JSON's readers keep as text."""
    if isinstance(value, dict):
        return {name: _plain(each) for name, each in value.items()}
    if isinstance(value, list):
        return [_plain(each) for each in value]
    if isinstance(value, bytes):
        return value.hex()
    return str(value) if isinstance(value, int) and value > MAX_JSON_INTEGER else value


def write_status(status: dict[str, Any], out: IO[str]) -> None:
    """The same for people."""
    out.write(f"node      {status['node_id']}\n")
    if "block" in status:
        out.write(f"block     {status['block']['height']}\n")
        out.write(f"balance   {_near(int(status['balance']))} NEAR\n")
    node = status.get("node")
    if node:
        left_s = (node["expires_at_ms"] - status["block"]["time_ms"]) // 1000
        out.write(f"attested  {node['tcb_status']}, {left_s} s left\n")
    for role, account in status.get("accounts", {}).items():
        if account:
            pots = f"prepaid {_near(int(account['prepaid']))}, owed {_near(int(account['owed']))}"
            out.write(f"{role:<10}{pots} NEAR\n")
    counts = ", ".join(f"{count} {state}" for state, count in status["counts"].items())
    out.write(f"work      {counts or 'none yet'}\n")
    for item in status["items"]:
        out.write(f"  {item['work']:<16}{item['service']:<16}{item['state']:<12}{item['detail']}\n")
    for problem in status["problems"]:
        out.write(f"PROBLEM   {problem}\n")


def _near(yocto: int) -> str:
    return f"{yocto / YOCTO_PER_NEAR:.4f}"
