"""`sealwright-sandbox trace`: what a transaction did, asked of a node."""

import sys
from pathlib import Path

import click

from sealwright_sandbox.backends.client import RpcClient
from sealwright_sandbox.errors import SandboxError
from sealwright_sandbox.trace import remote
from sealwright_sandbox.trace.abi import Abi


def _abi(ctx: click.Context, param: click.Parameter, values: tuple[str, ...]) -> dict[str, Abi]:
    """ABIs by account, from `ACCOUNT=FILE`."""
    found = {}
    for value in values:
        account_id, separator, path = value.partition("=")
        try:
            if not separator:
                raise ValueError("give ACCOUNT=FILE")
            found[account_id] = Abi.of(Path(path))
        except (ValueError, OSError) as error:
            raise click.BadParameter(f"{value}: {error}", ctx, param) from None
    return found


@click.command()
@click.argument("tx_hash")
@click.option("--url", default="http://127.0.0.1:3030", show_default=True, help="A node's JSON-RPC.")
@click.option("--abi", "abis", multiple=True, callback=_abi, metavar="ACCOUNT=FILE", help="May be repeated.")
@click.option("--sender", default=remote.ANY_SENDER, help="The signer, for nodes that look for it.")
@click.option("--json", "as_json", is_flag=True, help="The whole trace as JSON.")
def trace(tx_hash: str, url: str, abis: dict[str, Abi], sender: str, as_json: bool) -> None:
    """Show what a transaction did: calls, arguments, gas, logs, refunds, changes of the state."""
    try:
        with RpcClient(url) as client:
            found = remote.trace(client.request, tx_hash, sender_id=sender, abis=abis)
            text = found.to_json() if as_json else None
    except (SandboxError, OSError) as error:
        raise click.ClickException(str(error)) from None
    if text is None:
        found.print(sys.stdout)
    else:
        click.echo(text, nl=False)
