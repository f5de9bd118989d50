"""The configuration file: what is read, and that each mistake is named."""

import copy
from pathlib import Path
from typing import Any

import pytest
from sealwright_agents.config import load_config, parse_config
from sealwright_agents.errors import ConfigError, QuoteFailed
from sealwright_agents.quotes import provider_for

GOOD: dict[str, Any] = {
    "network": {"rpc": ["http://127.0.0.1:3030"], "chain_id": "sandbox"},
    "contracts": {"registry": "registry.near", "market": "market.near", "gateway": "gateway.near"},
    "node": {"account_id": "operator.near", "label": "desk-1"},
    "agent": {"handlers": "news_desk:agent", "state_dir": "state"},
    "services": {"summarise": {"price": "0.1", "min_reward": "0.05"}},
    "quote": {"provider": "simulated", "seed": "desk-1", "root_seed": "demo"},
    "limits": {"poll_s": 0.2, "max_bond": "2.5"},
}


def with_entry(path: str, value: object) -> dict[str, Any]:
    content = copy.deepcopy(GOOD)
    *tables, key = path.split(".")
    place = content
    for table in tables:
        place = place.setdefault(table, {})
    if value is None:
        del place[key]
    else:
        place[key] = value
    return content


def test_parse_config__reads_amounts_names_and_paths(tmp_path: Path) -> None:
    config = parse_config(GOOD, tmp_path)
    assert config.node_id == "desk-1.operator.near"
    assert config.services["summarise"].price == 10**23
    assert config.limits.max_bond == 25 * 10**23
    assert config.limits.poll_s == 0.2
    assert config.key_file("market") == tmp_path / "state/keys/market.json"
    assert config.contracts == {role: f"{role}.near" for role in ("registry", "market", "gateway")}


@pytest.mark.parametrize(
    ("path", "value", "named"),
    [
        ("network.rpc", "http://x", "network.rpc: expected list"),
        ("network.rpc", ["ftp://x"], "network.rpc"),
        ("network.chain_id", None, "network.chain_id is missing"),
        ("node.label", "Desk", "node.label"),
        ("node.lable", "x", "node.lable is unknown"),
        ("agent.handlers", "news_desk", "agent.handlers"),
        ("services.summarise.price", "much", "services.summarise.price"),
        ("services.summarise.price", 0.1, "services.summarise.price: expected str"),
        ("services", {}, "services"),
        ("services", 7, "services"),
        ("quote.provider", "paper", "quote.provider"),
        ("quote.seed", None, "quote.seed is missing"),
        ("quote.compose_hash", "00", "quote.compose_hash"),
        ("limits.concurrent", 0, "limits.concurrent must be positive"),
        ("limits.stop_blocks", -1, "limits.stop_blocks must not be negative"),
        ("limits.concurrent", True, "limits.concurrent: expected int"),
        ("log.level", "loud", "log.level"),
        ("extra.x", 1, "extra is unknown"),
    ],
)
def test_parse_config__names_the_wrong_entry(path: str, value: object, named: str) -> None:
    with pytest.raises(ConfigError, match=named.replace(".", r"\.")):
        parse_config(with_entry(path, value), Path("."))


def test_parse_config__needs_a_place_to_work() -> None:
    content = with_entry("contracts.market", None)
    del content["contracts"]["gateway"]
    with pytest.raises(ConfigError, match="market, a gateway or both"):
        parse_config(content, Path("."))


def test_load_config__reports_missing_and_malformed_files(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="No such file"):
        load_config(tmp_path / "none.toml")
    (tmp_path / "bad.toml").write_text("[network")
    with pytest.raises(ConfigError, match=r"bad\.toml"):
        load_config(tmp_path / "bad.toml")


GENUINE = {"provider": "dstack", "collateral_file": "collateral.json"}


def test_parse_config__takes_collateral_from_a_file_or_a_service(tmp_path: Path) -> None:
    settings = parse_config({**GOOD, "quote": GENUINE}, tmp_path).quote
    assert (settings.collateral_file, settings.collateral_service) == (tmp_path / "collateral.json", "")
    assert provider_for(settings, "mainnet").name == "dstack"
    service = {"provider": "configfs-tsm", "collateral_service": "https://pccs.example"}
    settings = parse_config({**GOOD, "quote": service}, tmp_path).quote
    assert settings.collateral_cache == tmp_path / "state" / "collateral"
    assert provider_for(settings, "mainnet").name == "configfs-tsm"


@pytest.mark.parametrize(
    ("quote", "named"),
    [
        ({"provider": "dstack"}, "collateral_file or collateral_service"),
        ({**GENUINE, "collateral_service": "intel"}, "collateral_file or collateral_service"),
        ({**GENUINE, "seed": "x"}, "quote.seed is unknown"),
        ({"provider": "simulated", "seed": "s", "root_seed": "r", "collateral_file": "x"}, "is unknown"),
    ],
)
def test_parse_config__refuses_a_quote_table_that_does_not_fit(
    tmp_path: Path, quote: dict[str, str], named: str
) -> None:
    with pytest.raises(ConfigError, match=named.replace(".", r"\.")):
        parse_config({**GOOD, "quote": quote}, tmp_path)


def test_provider_for__names_a_service_that_nobody_knows(tmp_path: Path) -> None:
    service = {"provider": "dstack", "collateral_service": "http://pccs.example"}
    with pytest.raises(ConfigError, match=r"quote\.collateral_service"):
        provider_for(parse_config({**GOOD, "quote": service}, tmp_path).quote, "mainnet")


def test_provider_for__refuses_the_simulated_tee_on_a_public_network() -> None:
    settings = parse_config(GOOD, Path(".")).quote
    assert provider_for(settings, "sandbox").name == "simulated"
    for chain_id in ("mainnet", "testnet", "", "mysandbox"):
        with pytest.raises(QuoteFailed, match="refused"):
            provider_for(settings, chain_id)
