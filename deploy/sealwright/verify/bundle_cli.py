"""`sealwright verify bundle` and `sealwright verify pack`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from sealwright.verify import options
from sealwright.verify.exits import refused_usage


def bundle(
    file: Annotated[Path, typer.Argument(help="The bundle.")],
    at: options.RecordedAt = None,
    root: options.Root = None,
    policy: options.PolicyFile = None,
    compose_policy: options.ComposePolicy = "strict",
    expected: options.ExpectedFile = None,
    json: options.Json = False,
) -> None:
    """Judge a bundle claim by claim, offline, at the time it was recorded.

    Exit codes: 0 every claim proven, 1 a claim refuted, 2 usage or unreadable input, 3 none refuted, some left open.
    """
    from rich.console import Console

    from sealwright.verify import findings_output, inputs
    from sealwright.verify.judged import judge_bundle_file

    with refused_usage():
        trust = inputs.read_trust(root, policy, compose_policy, expected, at)
        judged = judge_bundle_file(file, trust)
    if json:
        typer.echo(findings_output.as_json(judged))
    else:
        findings_output.show(Console(), judged)
    raise typer.Exit(findings_output.exit_code(judged.findings))


def pack(
    out: Annotated[Path, typer.Option(help="Where to write the bundle.")],
    quote: Annotated[
        Path | None, typer.Option(help="The quote: raw, hexadecimal, or in the guest agent's answer.")
    ] = None,
    collateral: Annotated[Path | None, typer.Option(help="Its collateral, in dcap-qvl's JSON form.")] = None,
    evidence: Annotated[
        list[Path] | None,
        typer.Option(
            help="dstack's JSON: GetQuote, tcb_info, an event log or an attestation; may be repeated."
        ),
    ] = None,
    app_compose: Annotated[Path | None, typer.Option(help="app-compose.json, as it is stored.")] = None,
    preimage: Annotated[
        Path | None, typer.Option(help="What mr_config_id hashes (JSON, as in the bundle).")
    ] = None,
    expected: Annotated[
        Path | None, typer.Option(help="Expected image, registers, app id and report data (JSON).")
    ] = None,
    root: Annotated[Path | None, typer.Option(help="The test root, when it is not Intel's.")] = None,
    at: Annotated[str | None, typer.Option(help="The recorded time; now by default.")] = None,
    json: options.Json = False,
) -> None:
    """Put evidence into one file; nothing is judged. Exit codes: 0 written, 2 usage or unreadable input."""
    from sealwright.verify import inputs, packing

    with refused_usage():
        if collateral is None:
            raise inputs.UsageError("--collateral is missing: a quote alone proves nothing")
        files = packing.Files(quote, collateral, evidence or [], app_compose, preimage, expected, root)
        made = packing.gather(files, inputs.read_moment(at))
        packing.write(made, out)
    typer.echo(packing.as_json(made, out) if json else f"{out} written: {', '.join(packing.parts(made))}")
