"""`sealwright-sandbox`: a NEAR node on this machine. One module a command."""

import click

from sealwright_sandbox.cli.replay import replay
from sealwright_sandbox.cli.start import start
from sealwright_sandbox.cli.trace import trace


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """A NEAR node on this machine, for development and tests."""


for command in (start, replay, trace):
    main.add_command(command)
