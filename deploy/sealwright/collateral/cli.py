"""The commands of `sealwright collateral`.

Exit codes: 0 done or good, 1 refused, 2 usage or unreadable input, 3 good but ending within the margin,
4 the service or the node did not answer. Each command imports what it needs when it runs.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sealwright.collateral import options

if TYPE_CHECKING:
    from sealwright.collateral.watch import Round

app = typer.Typer(name="collateral", no_args_is_help=True)

DONE, REFUSED, USAGE, ENDING, UNREACHABLE = 0, 1, 2, 3, 4
VERDICT_CODES = {"good": DONE, "ending": ENDING, "refused": REFUSED}


@app.callback()
def collateral() -> None:
    """Fetch, check, publish and renew collateral.

    Exit codes: 0 done or good, 1 refused, 2 usage or unreadable input, 3 good but ending within the margin,
    4 the service or the node did not answer.
    """


@app.command()
def fetch(
    out: options.Out,
    quote: options.Quote = None,
    fmspc: options.Fmspc = None,
    ca: options.Ca = "platform",
    tee: options.Tee = "tdx",
    evaluation: options.Evaluation = "standard",
    service: options.Service = "intel",
    ca_file: options.CaFile = None,
    cache: options.Cache = None,
    no_cache: options.NoCache = False,
    at: options.At = None,
) -> None:
    """Fetch collateral for a quote or a processor family into a file."""
    from tee_attestation_verifier.offchain.collateral_file import write_collateral
    from tee_attestation_verifier.offchain.pcs.cache import write_atomically

    from sealwright.collateral.wanted import cache_of, open_client, read_wanted
    from sealwright.verify.inputs import read_moment

    with _reported():
        wanted, moment = read_wanted(quote, fmspc, ca, tee, evaluation), read_moment(at)
        with open_client(service, ca_file, cache_of(cache, no_cache)) as client:
            fetched = wanted.fetch(client, moment)
        write_atomically(out, write_collateral(fetched).encode())
    typer.echo(f"{out}: fetched; `sealwright collateral check` verifies it")


@app.command()
def show(file: options.File, at: options.At = None, json: options.Json = False) -> None:
    """Show what is in collateral: parts, signers, numbers, windows. Nothing is verified."""
    from json import dumps

    from rich.console import Console
    from tee_attestation_verifier.offchain.inventory import inventory

    from sealwright.collateral.findings import items_document
    from sealwright.collateral.output import show_items
    from sealwright.verify.inputs import read_collateral_file, read_moment

    with _reported():
        items, moment = inventory(read_collateral_file(file)), read_moment(at)
    if json:
        typer.echo(dumps({"at": moment, "items": items_document(items)}, indent=2))
    else:
        show_items(Console(), items, moment)


@app.command()
def check(
    file: options.File,
    quote: options.Quote = None,
    margin: options.Margin = "7d",
    at: options.At = None,
    root: options.Root = None,
    json: options.Json = False,
) -> None:
    """Verify collateral's signatures, windows and revocations, and a quote by it."""
    from json import dumps

    from rich.console import Console

    from sealwright.collateral.findings import check as check_collateral
    from sealwright.collateral.output import show_findings
    from sealwright.collateral.wanted import read_duration
    from sealwright.verify import inputs

    with _reported():
        given, moment = inputs.read_collateral_file(file), inputs.read_moment(at)
        evidence = None if quote is None else inputs.read_quote(quote)
        found = check_collateral(given, moment, inputs.read_root(root)[0], read_duration(margin), evidence)
    if json:
        typer.echo(dumps(found.document(), indent=2))
    else:
        show_findings(Console(), found)
    raise typer.Exit(VERDICT_CODES[found.verdict])


@app.command()
def outlook(
    quote: Annotated[Path, typer.Argument(help="The quote, raw or hexadecimal.")],
    service: options.Service = "intel",
    ca_file: options.CaFile = None,
    cache: options.Cache = None,
    no_cache: options.NoCache = False,
    at: options.At = None,
    root: options.Root = None,
    json: options.Json = False,
) -> None:
    """Judge a quote by every TCB evaluation that the service offers: what its status is going to be.

    Exit code 3 when an evaluation newer than the standard one changes the status.
    """
    from json import dumps

    from rich.console import Console
    from tee_attestation_verifier.offchain.pcs.outlook import outlook as look_out

    from sealwright.collateral.findings import CRYPTO, outlook_document, to_come
    from sealwright.collateral.output import show_outlook
    from sealwright.collateral.wanted import cache_of, open_client
    from sealwright.verify import inputs

    with _reported():
        evidence, moment = inputs.read_quote(quote), inputs.read_moment(at)
        anchor = inputs.read_root(root)[0]
        with open_client(service, ca_file, cache_of(cache, no_cache)) as client:
            prospects = look_out(client, evidence, moment, anchor, CRYPTO)
    if json:
        typer.echo(dumps({"at": moment, "evaluations": outlook_document(prospects)}, indent=2))
    else:
        show_outlook(Console(), prospects)
    raise typer.Exit(ENDING if to_come(prospects) else DONE)


@app.command()
def publish(
    file: options.File,
    contract: Annotated[str, typer.Argument(help="Account of an attestation_verifier.")],
    rpc: options.Rpc = None,
    key_file: options.KeyFile = None,
    prepaid: options.Prepaid = "0.2",
) -> None:
    """Bring collateral to a verifier contract, which checks it and keeps what is newer."""
    from sealwright.collateral.publishing import open_publisher
    from sealwright.verify.inputs import read_collateral_file

    with _reported():
        given = read_collateral_file(file)
        with open_publisher(contract, rpc, key_file, prepaid) as publisher:
            done = publisher(given)
    typer.echo(f"{contract}: {done}")


@app.command()
def watch(
    out: options.Out,
    quote: options.Quote = None,
    fmspc: options.Fmspc = None,
    ca: options.Ca = "platform",
    tee: options.Tee = "tdx",
    evaluation: options.Evaluation = "standard",
    service: options.Service = "intel",
    ca_file: options.CaFile = None,
    root: options.Root = None,
    margin: options.Margin = "7d",
    every: Annotated[str, typer.Option(help="How often it is fetched.")] = "1d",
    retry: Annotated[str, typer.Option(help="The pause after a failure.")] = "15m",
    once: Annotated[bool, typer.Option("--once", help="One round, for a timer of your own.")] = False,
    publish_to: Annotated[
        str | None, typer.Option("--publish", help="Account of a verifier contract to publish to.")
    ] = None,
    rpc: options.Rpc = None,
    key_file: options.KeyFile = None,
    prepaid: options.Prepaid = "0.2",
    json: options.Json = False,
) -> None:
    """Keep collateral fresh in a file, and in a contract: fetch, check, replace, long before a window ends."""
    import time
    from functools import partial

    from tee_attestation_verifier.offchain.pcs.outlook import outlook as look_out

    from sealwright.collateral.findings import CRYPTO
    from sealwright.collateral.output import show_round
    from sealwright.collateral.publishing import open_publisher
    from sealwright.collateral.wanted import open_client, read_duration, read_wanted
    from sealwright.collateral.watch import Rhythm, Watch, run
    from sealwright.verify.inputs import read_root

    with _reported(), ExitStack() as stack:
        wanted = read_wanted(quote, fmspc, ca, tee, evaluation)
        rhythm = Rhythm(read_duration(every), read_duration(margin), read_duration(retry))
        client = stack.enter_context(open_client(service, ca_file, None))
        anchor, evidence = read_root(root)[0], wanted.quote
        watching = Watch(out, anchor, partial(wanted.fetch, client), rhythm, evidence)
        if evidence is not None:
            watching = replace(watching, foresee=lambda now: look_out(client, evidence, now, anchor, CRYPTO))
        if publish_to is not None:
            publisher = stack.enter_context(open_publisher(publish_to, rpc, key_file, prepaid))
            watching = replace(watching, publish=publisher)
        done = run(watching, time.time, time.sleep, partial(show_round, as_json=json), once)
    raise typer.Exit(_code_of(done))


def _code_of(done: Round) -> int:
    """The exit code after one round."""
    if done.code is not None:
        return UNREACHABLE if done.is_temporary else REFUSED
    if done.publish_failure is not None:
        return UNREACHABLE if done.publish_code is None else REFUSED
    if done.quote_code is not None:
        return REFUSED
    return ENDING if done.is_ending else DONE


@contextmanager
def _reported() -> Iterator[None]:
    """Turn what may go wrong into one line and its exit code."""
    from tee_attestation_verifier.errors import Rejection
    from tee_attestation_verifier.offchain.pcs.errors import PcsError

    from sealwright.collateral.publishing import PublishFailed
    from sealwright.collateral.wanted import refusal
    from sealwright.verify.inputs import UsageError

    try:
        yield
    except KeyboardInterrupt:
        raise typer.Exit(DONE) from None
    except (UsageError, OSError) as error:
        _fail(str(error), USAGE)
    except Rejection as rejection:
        _fail(refusal(rejection), REFUSED)
    except PcsError as failure:
        _fail(str(failure), UNREACHABLE if failure.is_temporary else REFUSED)
    except PublishFailed as failure:
        _fail(str(failure), UNREACHABLE if failure.code is None else REFUSED)


def _fail(text: str, code: int) -> None:
    typer.echo(f"sealwright collateral: {text}", err=True)
    raise typer.Exit(code) from None
