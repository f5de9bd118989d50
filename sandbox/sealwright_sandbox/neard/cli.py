"""`sealwright-neard`: the arguments of neard that test frameworks use."""

import json
import signal
import threading
from importlib.metadata import version
from pathlib import Path

import click

from sealwright_sandbox.errors import SandboxError
from sealwright_sandbox.neard import dump, home, settings
from sealwright_sandbox.sandbox import Sandbox

DEFAULT_HOME = Path.home() / ".near"


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--home", "folder", type=click.Path(path_type=Path), default=DEFAULT_HOME, show_default=True)
@click.option("--unsafe-fast-startup", is_flag=True, hidden=True)
@click.version_option(version("sealwright-sandbox"), prog_name="neard (sealwright-sandbox)")
@click.pass_context
def main(context: click.Context, folder: Path, unsafe_fast_startup: bool) -> None:
    """A sandbox node with neard's command line: set NEAR_SANDBOX_BIN_PATH to this program."""
    context.obj = folder


@main.command()
@click.option("--chain-id", help="A random name unless given.")
@click.option("--account-id", help="The validator; test.near unless given.")
@click.option("--test-seed", help="Derives the validator's key.")
@click.option("--fast", is_flag=True, help="Shorter time between blocks.")
@click.pass_obj
def init(
    folder: Path, chain_id: str | None, account_id: str | None, test_seed: str | None, fast: bool
) -> None:
    """Write config.json, genesis.json, validator_key.json and node_key.json."""
    name = home.write(folder, chain_id=chain_id, account_id=account_id, test_seed=test_seed, fast=fast)
    click.echo(f"{name} in {folder}", err=True)


@main.command()
@click.option("--rpc-addr", help="config.json's unless given.")
@click.option("--network-addr", help="Accepted; a sandbox has no peers.")
@click.pass_obj
def run(folder: Path, rpc_addr: str | None, network_addr: str | None) -> None:
    """Serve JSON-RPC until SIGINT or SIGTERM."""
    try:
        config = home.read(folder, home.CONFIG)
        options = settings.of_genesis(home.read(folder, home.GENESIS)) | settings.of_config(config)
        host, port = settings.address(rpc_addr or config["rpc"]["addr"])
        sandbox = Sandbox(home=folder / home.DATA, **options)
        server = sandbox.serve(
            port,
            host=host,
            block_interval_ms=settings.block_delay_ms(config),
            on_demand=True,
            follow_clock=True,
        )
    except (SandboxError, OSError, ValueError) as error:
        raise click.ClickException(str(error)) from None
    dumps = dump.DumpServer(folder, sandbox)
    with sandbox, server:
        click.echo(f"{sandbox.chain_id} at {server.url}", err=True)
        _wait_for_the_end()
    dumps.close()


@main.group("view-state")
def view_state() -> None:
    """Read the state."""


@view_state.command("dump-state")
@click.pass_obj
def dump_state(folder: Path) -> None:
    """Write the running node's state as records into output.json."""
    try:
        genesis = home.read(folder, home.GENESIS)
        genesis["records"] = dump.ask(folder)
    except (OSError, ValueError) as error:
        raise click.ClickException(f"no node runs in {folder}: {error}") from None
    (folder / dump.OUTPUT).write_text(json.dumps(genesis) + "\n")


def _wait_for_the_end() -> None:
    end = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: end.set())
    end.wait()


if __name__ == "__main__":
    main()
