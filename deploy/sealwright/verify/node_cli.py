"""`sealwright verify node`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from sealwright.verify import options
from sealwright.verify.exits import refused_usage


def node(
    registry: Annotated[str, typer.Argument(help="Account of the node registry.")],
    node_id: Annotated[str, typer.Argument(help="The node: label.account.")],
    rpc: Annotated[str, typer.Option(help="URL of a NEAR RPC node.")],
    bundle: Annotated[
        Path | None, typer.Option(help="The node's bundle: without it the registry's word stands alone.")
    ] = None,
    root: options.Root = None,
    policy: options.PolicyFile = None,
    compose_policy: options.ComposePolicy = "strict",
    expected: options.ExpectedFile = None,
    at: options.RecordedAt = None,
    json: options.Json = False,
) -> None:
    """Judge a registered node: what the chain says of it, and whether its bundle proves the same.

    Exit codes: 0 every claim proven, 1 a claim refuted, 2 usage or unreadable input, 3 none refuted, some left open.
    """
    from rich.console import Console

    from sealwright.verify import findings_output, inputs
    from sealwright.verify.node import judge_node

    with refused_usage():
        trust = inputs.read_trust(root, policy, compose_policy, expected, at)
        judged = judge_node(rpc, registry, node_id, bundle, trust)
    if json:
        typer.echo(findings_output.as_json(judged))
    else:
        findings_output.show(Console(), judged)
    raise typer.Exit(findings_output.exit_code(judged.findings))
