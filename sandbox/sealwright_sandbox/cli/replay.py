"""`sealwright-sandbox replay`: is the engine equal to a recorded node?"""

import json
from pathlib import Path
from typing import Any

import click

from sealwright_sandbox.errors import TranscriptUnreadable
from sealwright_sandbox.transcripts import KINDS, replay_transcript

DIFFERENT = 1
UNREADABLE = 2


@click.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="FILE...")
@click.option(
    "--ignore",
    "ignored",
    multiple=True,
    type=click.Choice(KINDS),
    metavar="KIND",
    help="Show differences of this kind without failing for them; may be repeated.",
)
@click.option("--json", "as_json", is_flag=True, help="One JSON array with a report a file.")
@click.pass_context
def replay(context: click.Context, files: tuple[Path, ...], ignored: tuple[str, ...], as_json: bool) -> None:
    """Feed recorded chains to the engine and compare everything the node answered.

    Shows the first difference of each kind. Ends with 1 where there is one, with 2 where a file
    cannot be read.
    """
    reports: list[dict[str, Any]] = []
    status = 0
    for file in files:
        try:
            found = replay_transcript(file, ignored)
        except TranscriptUnreadable as error:
            status = UNREADABLE
            reports.append({"file": str(file), "error": str(error)})
            click.echo(f"{file}: {error}", err=True)
            continue
        if not found.agrees:
            status = max(status, DIFFERENT)
        reports.append({"file": str(file), "agrees": found.agrees, **found.report})
        if not as_json:
            click.echo(f"{file}\n{found.text}", nl=False)
    if as_json:
        click.echo(json.dumps(reports, indent=1))
    context.exit(status)
