"""The commands of `sealwright verify`; those about bundles stand in bundle_cli.py and node_cli.py.

Exit codes: 0 verified, or every claim proven; 1 rejected, or a claim refuted; 2 usage or unreadable input;
3 nothing refuted, but a claim left open.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sealwright.verify import options
from sealwright.verify.bundle_cli import bundle, pack
from sealwright.verify.exits import REJECTED, VERIFIED, refused_usage
from sealwright.verify.node_cli import node

if TYPE_CHECKING:
    from tee_attestation_verifier.intel.collateral import Collateral

    from sealwright.verify.outcome import Outcome

app = typer.Typer(name="verify", help="Judge attestation evidence.", no_args_is_help=True)


@app.callback()
def verify() -> None:
    """Judge attestation evidence.

    Exit codes: 0 verified, or every claim proven; 1 rejected, or a claim refuted; 2 usage or unreadable input;
    3 nothing refuted, but a claim left open.
    """


@app.command()
def quote(
    file: Annotated[
        Path, typer.Argument(help="The quote: raw, hexadecimal, or in the guest agent's answer.")
    ],
    collateral: Annotated[Path, typer.Option(help="Its collateral, in dcap-qvl's JSON form.")],
    at: options.At = None,
    root: options.Root = None,
    policy: options.PolicyFile = None,
    on_chain: Annotated[
        bool, typer.Option("--on-chain", help="Ask the contract, in a throw-away sandbox, and show its gas.")
    ] = False,
    json: options.Json = False,
) -> None:
    """Judge one quote, step by step. Exit codes: 0 verified, 1 rejected, 2 usage or unreadable input."""
    from rich.console import Console

    from sealwright.verify import inputs, output
    from sealwright.verify.outcome import judge_off_chain

    with refused_usage():
        evidence, given = inputs.read_quote(file), inputs.read_collateral_file(collateral)
        moment, (anchor, encoding) = inputs.read_moment(at), inputs.read_root(root)
        rules = None if policy is None else inputs.read_policy_file(policy)
        if on_chain and rules is not None:
            raise inputs.UsageError("--policy is judged off chain: leave out --on-chain")
        if on_chain:
            outcome = _ask_contract(evidence, given, moment, encoding)
        else:
            outcome = judge_off_chain(evidence, given, moment, anchor, rules)
        outcome.explain(evidence, given, moment, anchor)
    if json:
        typer.echo(output.as_json(outcome, moment, anchor))
    else:
        output.show(Console(), outcome, moment, anchor)
    raise typer.Exit(VERIFIED if outcome.verified else REJECTED)


def _ask_contract(quote: bytes, collateral: Collateral, at: int, root_der: bytes | None) -> Outcome:
    from sealwright.verify.inputs import UsageError

    try:
        from sealwright.verify.on_chain import judge_on_chain
    except ImportError as error:
        raise UsageError(f"--on-chain needs the distribution sealwright-sandbox ({error})") from None
    return judge_on_chain(quote, collateral, at, root_der)


app.command()(bundle)
app.command()(node)
app.command()(pack)
