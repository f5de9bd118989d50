"""The command `sealwright policy from-bundle`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from sealwright.verify import options
from sealwright.verify.exits import REJECTED, refused_usage

app = typer.Typer(name="policy", help="Draft policies.", no_args_is_help=True)


@app.callback()
def policy() -> None:
    """Draft policies. Exit codes: 0 drafted, 1 the evidence does not bear a policy, 2 usage."""


@app.command("from-bundle")
def from_bundle(
    file: Annotated[Path, typer.Argument(help="The bundle of a machine that you trust.")],
    root: options.Root = None,
    compose_policy: options.ComposePolicy = "strict",
    label: Annotated[str, typer.Option(help="What the registry calls the measurement.")] = "",
    platform_list: Annotated[
        bool, typer.Option("--platform-list", help="Allow this machine alone, by its hashed PPID.")
    ] = False,
    grace_days: Annotated[
        int, typer.Option(min=0, max=365, help="Grace for each advisory that is open on this machine.")
    ] = 0,
    at: options.RecordedAt = None,
) -> None:
    """Draft the registry's calls and an off-chain policy that accept what a bundle proves. Prints JSON.

    Exit codes: 0 drafted, 1 the bundle does not prove what a policy could rest on (findings on stderr), 2 usage.
    """
    import json

    from rich.console import Console

    from sealwright.policy.draft import Wishes, draft
    from sealwright.verify import findings_output, inputs
    from sealwright.verify.judged import judge_case

    with refused_usage():
        trust = inputs.read_trust(root, None, compose_policy, None, at)
        case = inputs.bundle_case(file, trust)
        judged = judge_case(str(file), case)
        document = draft(case, judged.findings, Wishes(label, platform_list, grace_days))
    if document is None:
        findings_output.show(Console(stderr=True), judged)
        raise typer.Exit(REJECTED)
    typer.echo(json.dumps(document, indent=2))
