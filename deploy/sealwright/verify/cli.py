"""The commands of `sealwright verify`.

Exit codes: 0 verified, 1 rejected, 2 usage or unreadable input.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from tee_attestation_verifier.intel.collateral import Collateral

    from sealwright.verify.outcome import Outcome

app = typer.Typer(name="verify", help="Judge attestation evidence.", no_args_is_help=True)

VERIFIED, REJECTED, USAGE = 0, 1, 2


@app.callback()
def verify() -> None:
    """Judge attestation evidence. Exit codes: 0 verified, 1 rejected, 2 usage or unreadable input."""


@app.command()
def quote(
    file: Annotated[Path, typer.Argument(help="The quote, raw or hexadecimal.")],
    collateral: Annotated[Path, typer.Option(help="Its collateral, in dcap-qvl's JSON form.")],
    at: Annotated[
        str | None, typer.Option(help="When to judge: Unix seconds or ISO date and time; now by default.")
    ] = None,
    root: Annotated[
        Path | None, typer.Option(help="Trust this root certificate (PEM or DER) instead of Intel's.")
    ] = None,
    on_chain: Annotated[
        bool, typer.Option("--on-chain", help="Ask the contract, in a throw-away sandbox, and show its gas.")
    ] = False,
    json: Annotated[bool, typer.Option("--json", help="Print one JSON document for machines.")] = False,
) -> None:
    """Judge one quote, step by step. Exit codes: 0 verified, 1 rejected, 2 usage or unreadable input."""
    from rich.console import Console

    from sealwright.verify import inputs, output
    from sealwright.verify.outcome import judge_off_chain

    try:
        evidence, given = inputs.read_quote(file), inputs.read_collateral_file(collateral)
        moment, (anchor, encoding) = inputs.read_moment(at), inputs.read_root(root)
        if on_chain:
            outcome = _ask_contract(evidence, given, moment, encoding)
        else:
            outcome = judge_off_chain(evidence, given, moment, anchor)
    except inputs.UsageError as error:
        typer.echo(f"sealwright verify: {error}", err=True)
        raise typer.Exit(USAGE) from None
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
