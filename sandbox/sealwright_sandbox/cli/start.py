"""`sealwright-sandbox start`: a node until Ctrl-C."""

import re
import signal
import threading
import time
from pathlib import Path
from typing import Any

import click

from sealwright_sandbox.account import Account
from sealwright_sandbox.errors import SandboxError
from sealwright_sandbox.genesis import REGISTRAR, VALIDATOR
from sealwright_sandbox.home import read_settings
from sealwright_sandbox.sandbox import Sandbox
from sealwright_sandbox.units import show_near

HEARTBEAT_MS = 1_000
INSTANT = "instant"
WITHOUT_A_HOME = 10_000
"""Blocks that are remembered in memory."""


def _block_time(ctx: click.Context, param: click.Parameter, value: str) -> int:
    """Milliseconds of `600ms` or `2s`; 0 for `instant`."""
    if value == INSTANT:
        return 0
    match = re.fullmatch(r"([1-9][0-9]*)(ms|s)", value)
    if match is None:
        raise click.BadParameter(f"{value!r} is neither 'instant' nor a time as 600ms or 2s", ctx, param)
    return int(match[1]) * (1000 if match[2] == "s" else 1)


@click.command()
@click.option("--port", default=3030, show_default=True, help="0 takes a free one.")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--home", type=click.Path(path_type=Path), help="Folder to keep the chain in.")
@click.option(
    "--block-time",
    callback=_block_time,
    metavar="instant|TIME",
    default=INSTANT,
    show_default=True,
    help="'instant': at once when something is to be done, else every second.",
)
@click.option("--protocol-version", type=int, help="84 to 88; 86 unless the home says otherwise.")
@click.option(
    "--history",
    type=click.IntRange(min=1),
    metavar="BLOCKS",
    default=100_000,
    show_default=True,
    help="How many blocks the home keeps; without one at most 10,000 are remembered.",
)
@click.option("--chain-id", help="'sandbox' unless the home says otherwise.")
def start(
    port: int,
    host: str,
    home: Path | None,
    block_time: int,
    protocol_version: int | None,
    chain_id: str | None,
    history: int,
) -> None:
    """Run the node until Ctrl-C; with --home the next run goes on where this one ended."""
    try:
        settings = _settings(home, block_time, protocol_version, chain_id)
        depth = history if home is not None else min(history, WITHOUT_A_HOME)
        sandbox = Sandbox(home=home, history=depth, **settings)
        server = sandbox.serve(
            port,
            host=host,
            block_interval_ms=block_time or HEARTBEAT_MS,
            on_demand=block_time == 0,
            follow_clock=True,
        )
    except (SandboxError, OSError) as error:
        raise click.ClickException(str(error)) from None
    with sandbox, server:
        end = _end()
        _describe(sandbox, server.url)
        end.wait()
        click.echo(f"stopped at block {sandbox.block_height}")


def _settings(
    home: Path | None, block_time: int, protocol_version: int | None, chain_id: str | None
) -> dict[str, Any]:
    """The home's own settings where it has some, else those asked for; genesis is now."""
    kept = read_settings(home) if home is not None else None
    defaults = {
        "genesis_time_ms": time.time_ns() // 1_000_000,
        "block_interval_ms": block_time or HEARTBEAT_MS,
        "protocol_version": 86,
        "chain_id": "sandbox",
    }
    settings = {name: (kept or {}).get(name, value) for name, value in defaults.items()}
    asked = {"protocol_version": protocol_version, "chain_id": chain_id}
    return settings | {name: value for name, value in asked.items() if value is not None}


def _describe(sandbox: Sandbox, url: str) -> None:
    click.echo(f"{sandbox.chain_id} (protocol {sandbox.protocol_version}) at {url}")
    click.echo(f"block {sandbox.block_height}\n")
    accounts = [sandbox.treasury, sandbox.root]
    accounts += [sandbox.account(REGISTRAR), sandbox.account(VALIDATOR)]
    for account in accounts:
        _describe_account(account)
    click.echo("\nEvery account's key is public: use them for tests only. Ctrl-C ends.")


def _describe_account(account: Account) -> None:
    click.echo(f"{account.account_id:<10} {show_near(account.balance):>18}  {account.secret_key}")


def _end() -> threading.Event:
    """Set by Ctrl-C from now on: whoever reads that it ends may press it at once."""
    end = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: end.set())
    return end
