"""The demo's order of events, and how it ends when something goes wrong: a sentence, never a traceback."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from sealwright_protocol.client.errors import ContractError
from sealwright_sandbox import Sandbox
from sealwright_sandbox.errors import SandboxError

from sealwright.demo import scenes
from sealwright.demo.nodes import Node, NodeStuck
from sealwright.demo.report import Report
from sealwright.samples import SamplesUnavailable, genuine_pairs
from sealwright.stage import ReleaseMissing, Stage

EXPECTED = (
    SandboxError,
    ContractError,
    NodeStuck,
    ReleaseMissing,
    SamplesUnavailable,
    scenes.Broken,
    OSError,
)


def main(*, as_json: bool = False) -> int:
    """Run the demo; exit code 0 when everything held."""
    report = Report(as_json=as_json)
    try:
        _play(report)
    except KeyboardInterrupt:
        return report.finish("interrupted")
    except EXPECTED as problem:
        if os.environ.get("SEALWRIGHT_DEBUG"):
            raise
        return report.finish(f"{type(problem).__name__}: {problem}")
    return report.finish()


def _play(report: Report) -> None:
    genuine = genuine_pairs()["tdx_quote"]
    # The chain's clock starts at the genuine quote's date: that is when its collateral was in force.
    with (
        Sandbox(genesis_time_ms=genuine.at * 1000) as sandbox,
        sandbox.serve() as rpc,
        tempfile.TemporaryDirectory(prefix="sealwright-demo-") as folder,
    ):
        stage = Stage(sandbox)
        scenes.deploy(stage, report, rpc.url)
        before = stage.balances()
        scenes.judge_genuine_quote(stage, report, genuine)
        worker = Node(stage, "operator", "desk-1", {"summarise": "0.1"}, Path(folder) / "desk")
        idler = Node(stage, "idler", "sofa-1", {"translate": "0.1"}, Path(folder) / "sofa")
        try:
            scenes.register(stage, report, worker, rpc.url)
            scenes.answer_a_contract(stage, report, worker)
            scenes.work_for_the_market(stage, report, worker)
            scenes.punish_a_lazy_node(stage, report, idler, rpc.url)
        finally:
            worker.stop()
            idler.stop()
        scenes.withdraw(stage, report)
        scenes.count(stage, report, before)
