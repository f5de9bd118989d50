"""`sealwright-agent`: make keys, run the agent, look at it, take out what it did.

Exit codes: 0 done, 1 the agent or its surroundings are not as they should be, 2 wrong usage or
configuration.
"""

import argparse
import asyncio
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from sealwright_agents import log
from sealwright_agents.config import Config, load_config
from sealwright_agents.errors import AgentError, ConfigError
from sealwright_agents.export import export_item
from sealwright_agents.keys import METHODS, create_key, load_key
from sealwright_agents.runtime import load_agent, serve
from sealwright_agents.signer import load_or_create, sha256
from sealwright_agents.status import read_status, write_status

OK, FAILED, WRONG_USAGE = 0, 1, 2


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; errors are one line on standard error, never a traceback."""
    options = _parser().parse_args(arguments)
    try:
        return int(options.command(load_config(options.config), options))
    except ConfigError as wrong:
        print(f"{options.config}: {wrong}", file=sys.stderr)
        return WRONG_USAGE
    except AgentError as failure:
        print(f"sealwright-agent: {failure}", file=sys.stderr)
        return FAILED
    except KeyboardInterrupt:
        return FAILED


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="sealwright-agent", description="Run an agent that signs what it produces and is paid on NEAR."
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    init = _command(commands, "init", _init, "make the enclave's keys and print what to add to the account")
    keys = _command(commands, "keys", _keys, "print the public keys and the method list of each")
    _command(commands, "run", _run, "run the agent until SIGTERM or SIGINT")
    status = _command(commands, "status", _status, "show the node, its money, its keys and its work")
    status.add_argument("--offline", action="store_true", help="read the journal only")
    status.add_argument("--items", type=int, default=10, help="how many of the newest pieces of work")
    export = _command(commands, "export", _export, "write the exact bytes of one piece of work to a folder")
    export.add_argument("kind", choices=["task", "request"])
    export.add_argument("number", type=int)
    export.add_argument("folder", type=Path)
    export.add_argument("--attempt", type=int, default=None, help="the newest one by default")
    for command in (init, keys, status):
        command.add_argument("--json", action="store_true", help="for machines")
    return parser


def _command(commands: Any, name: str, function: Any, text: str) -> argparse.ArgumentParser:
    command: argparse.ArgumentParser = commands.add_parser(name, help=text, description=text)
    command.add_argument("--config", type=Path, default=Path("agent.toml"), help="agent.toml by default")
    command.set_defaults(command=function)
    return command


def _run(config: Config, _: argparse.Namespace) -> int:
    log.start(config.log_level)
    asyncio.run(serve(load_agent(config), config))
    return OK


def _init(config: Config, options: argparse.Namespace) -> int:
    load_or_create(config.enclave_file)
    for role, contract_id in config.contracts.items():
        if not config.key_file(role).exists():
            create_key(config.key_file(role), config.account_id, contract_id)
    return _keys(config, options)


def _keys(config: Config, options: argparse.Namespace) -> int:
    """What the operator adds to the account, and what the registry's owner approves."""
    content = public_facts(config)
    if options.json:
        print(json.dumps(content, indent=1))
        return OK
    print(f"node         {content['node_id']}")
    print(f"signing key  {content['signing_key']}")
    if "measurement_id" in content:
        print(f"measurement  {content['measurement_id']} (simulated)")
    print(f"\nAdd to {config.account_id}, each as a function-call key with exactly these methods:")
    for key in content["keys"]:
        print(
            f"  {key['public_key']}\n    contract {key['contract_id']}\n    methods  {', '.join(key['methods'])}"
        )
    return OK


def public_facts(config: Config) -> dict[str, Any]:
    """Node id, public keys and method lists as JSON values. Raises KeyRefused before `init`."""
    signer = load_or_create(config.enclave_file)
    keys = []
    for role, contract_id in config.contracts.items():
        key = load_key(config.key_file(role), config.account_id, contract_id)
        keys.append(
            {
                "role": role,
                "contract_id": contract_id,
                "public_key": key.public_key,
                "methods": [*METHODS[role]],
            }
        )
    facts = {
        "node_id": config.node_id,
        "account_id": config.account_id,
        "signing_key": signer.signing_key_text,
        "encryption_key": signer.encryption_key.hex(),
        "keys": keys,
    }
    if config.quote.provider == "simulated":
        from sealwright_agents.quotes.simulated import SimulatedQuotes

        quote = config.quote
        simulated = SimulatedQuotes(config.chain_id, quote.seed, quote.root_seed, quote.compose_hash)
        facts["measurement_id"] = sha256(simulated.measurement.to_borsh()).hex()
    return facts


def _status(config: Config, options: argparse.Namespace) -> int:
    log.silence_py_near()
    status = asyncio.run(read_status(config, items=options.items, offline=options.offline))
    if options.json:
        print(json.dumps(status, indent=1))
    else:
        write_status(status, sys.stdout)
    return OK if status["healthy"] else FAILED


def _export(config: Config, options: argparse.Namespace) -> int:
    for path in export_item(config.state_dir, options.kind, options.number, options.attempt, options.folder):
        print(path)
    return OK


if __name__ == "__main__":
    sys.exit(main())
