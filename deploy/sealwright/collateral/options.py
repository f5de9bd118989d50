"""The options that the commands of `sealwright collateral` share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

File = Annotated[Path, typer.Argument(help="Collateral, in dcap-qvl's JSON form.")]
Out = Annotated[Path, typer.Option("--out", help="The file to write.")]
Quote = Annotated[Path | None, typer.Option("--quote", help="A quote, raw or hexadecimal.")]
Fmspc = Annotated[
    str | None,
    typer.Option("--fmspc", help="Instead of a quote: the processor family, 12 hexadecimal digits."),
]
Ca = Annotated[str, typer.Option("--ca", help="With --fmspc: the PCK's authority, platform or processor.")]
Tee = Annotated[str, typer.Option("--tee", help="With --fmspc: tdx or sgx.")]
Evaluation = Annotated[
    str, typer.Option("--evaluation", help="standard, early, or a tcbEvaluationDataNumber.")
]
Service = Annotated[
    str,
    typer.Option("--service", help="intel, phala, azure, azure:REGION, or the https:// address of a PCCS."),
]
CaFile = Annotated[
    Path | None,
    typer.Option("--ca-file", help="Trust this TLS authority (PEM) alone: for a PCCS of your own."),
]
Cache = Annotated[
    Path | None, typer.Option("--cache", help="The cache's folder; in the user's cache if none is named.")
]
NoCache = Annotated[bool, typer.Option("--no-cache", help="Ask the service for everything.")]
At = Annotated[
    str | None, typer.Option("--at", help="When: Unix seconds or ISO date and time; now by default.")
]
Root = Annotated[
    Path | None, typer.Option("--root", help="Trust this root certificate (PEM or DER) instead of Intel's.")
]
Margin = Annotated[str, typer.Option("--margin", help="How long before its end it is due: 12h, 7d.")]
Json = Annotated[bool, typer.Option("--json", help="Print JSON for machines.")]
Rpc = Annotated[str | None, typer.Option("--rpc", help="Address of a NEAR node.")]
KeyFile = Annotated[
    Path | None, typer.Option("--key-file", help="Key of the account that pays, as near-cli writes it.")
]
Prepaid = Annotated[
    str,
    typer.Option(
        "--prepaid", help="NEAR that shall be prepaid for storage: what lacks is attached; 0 for none."
    ),
]
