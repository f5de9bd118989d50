"""The ``sealwright`` command. Each command imports what it needs when it runs, so that ``--help`` is instant."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from sealwright.collateral.cli import app as collateral_app
from sealwright.policy.cli import app as policy_app
from sealwright.verify.cli import app as verify_app

app = typer.Typer(
    name="sealwright",
    help="NEAR contracts that hire attested agents: build, demonstrate, verify, measure.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)
app.add_typer(collateral_app, name="collateral")
app.add_typer(verify_app, name="verify")
app.add_typer(policy_app, name="policy")

JsonFlag = Annotated[bool, typer.Option("--json", help="Print one JSON document for machines.")]


@app.command()
def demo(json: JsonFlag = False) -> None:
    """Run the main job end to end on an embedded NEAR node."""
    from sealwright.demo.run import main

    raise typer.Exit(main(as_json=json))


@app.command()
def build(
    contracts: Annotated[
        list[str] | None, typer.Argument(help="Contract folders; all of the suite's if none.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option("--out", help="Where to write; contracts/release of this project if none.")
    ] = None,
    check: Annotated[
        bool, typer.Option("--check", help="Rebuild and compare with contracts/release.")
    ] = False,
) -> None:
    """Build contracts to wasm, ABI, JSON Schema and a manifest."""
    from sealwright.build.command import main
    from sealwright.places import RELEASE

    raise typer.Exit(main(contracts or [], check=check, out=out or RELEASE))


@app.command()
def bench(
    group: Annotated[
        str | None, typer.Argument(help="sandbox, kit, contract or verifier; all if none.")
    ] = None,
    json: JsonFlag = False,
) -> None:
    """Measure speed, gas and size."""
    from sealwright.bench.run import main

    raise typer.Exit(main(group, as_json=json))


@app.command(
    context_settings={"allow_extra_args": True, "ignore_unknown_options": True}, add_help_option=False
)
def sandbox(context: typer.Context) -> None:
    """Run an embedded NEAR node; the same command as sealwright-sandbox."""
    from sealwright_sandbox.cli import main as sandbox_main

    sandbox_main(context.args, prog_name="sealwright sandbox")


def main() -> None:
    """Entry point of the console script."""
    app()
