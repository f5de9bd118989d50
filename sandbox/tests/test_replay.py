"""`sealwright-sandbox replay`: recorded chains of a real node against the engine."""

import gzip
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from sealwright_sandbox import Sandbox, SandboxMisused, TranscriptUnreadable
from sealwright_sandbox.cli import main
from sealwright_sandbox.transcripts import KINDS, replay_transcript

GOLDEN = Path(__file__).parents[3] / "shared" / "golden"
TRANSCRIPTS = sorted(GOLDEN.glob("transcripts/*.json*"))

pytestmark = pytest.mark.skipif(not TRANSCRIPTS, reason=f"no transcripts in {GOLDEN}")


def _name(path: Path) -> str:
    return path.name.split(".")[0]


def _replay(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main, ["replay", *map(str, arguments)])


@pytest.fixture
def altered(tmp_path: Path) -> Callable[[Callable[[dict[str, Any]], None]], Path]:
    """Writes a small transcript with something altered."""

    def alter(change: Callable[[dict[str, Any]], None]) -> Path:
        transcript = json.loads((GOLDEN / "transcripts" / "07-context.json").read_text())
        change(transcript)
        path = tmp_path / "altered.json"
        path.write_text(json.dumps(transcript))
        return path

    return alter


@pytest.mark.parametrize("path", TRANSCRIPTS, ids=_name)
def test_replay__agrees_with_what_a_real_node_did(path: Path) -> None:
    found = replay_transcript(path)
    assert found.agrees, found.text
    assert found.report["outcomes"] > 0


def test_replay__agrees_with_the_chain_behind_the_recorded_rpc() -> None:
    found = replay_transcript(GOLDEN / "rpc" / "transcript.json.gz")
    assert found.agrees, found.text


def test_replay__ends_with_zero_and_names_every_file() -> None:
    files = [path for path in TRANSCRIPTS if _name(path) in {"07-context", "29-patch-state"}]
    result = _replay(*files)
    assert result.exit_code == 0, result.output
    for path in files:
        assert f"{path}\n" in result.output
    assert "context: agrees (50 blocks, 7 transactions, 27 outcomes)" in result.output


def test_replay__shows_the_first_difference_of_each_kind(altered: Any) -> None:
    def change(transcript: dict[str, Any]) -> None:
        outcomes = [outcome for block in transcript["blocks"] for outcome in block["outcomes"]]
        for outcome in outcomes[2:4]:
            outcome["outcome"]["gas_burnt"] += 1
        outcomes[5]["outcome"]["logs"].append("never said")

    result = _replay(altered(change))
    assert result.exit_code == 1
    assert "context: DIFFERS" in result.output
    assert "gas_burnt: 2 of 27 differ; first at block " in result.output
    assert 'node    ["never said"]' in result.output


def test_replay__ignores_a_kind(altered: Any) -> None:
    def change(transcript: dict[str, Any]) -> None:
        transcript["blocks"][5]["total_supply"] = "1"

    path = altered(change)
    assert _replay(path).exit_code == 1
    result = _replay(path, "--ignore", "total_supply")
    assert result.exit_code == 0
    assert "total_supply: 1 of 50 differ, not judged" in result.output
    with pytest.raises(SandboxMisused, match="colour is no kind"):
        replay_transcript(path, ["colour"])


def test_replay__answers_in_json(altered: Any) -> None:
    def change(transcript: dict[str, Any]) -> None:
        transcript["final"]["accounts"]["bob.test"]["account"]["storage_usage"] = 7

    path = altered(change)
    result = _replay("--json", path)
    assert result.exit_code == 1
    [report] = json.loads(result.output)
    assert report["file"] == str(path)
    assert report["agrees"] is False
    assert set(report["kinds"]) <= set(KINDS)
    first = report["kinds"]["storage_usage"]["first"]
    assert first == {"place": "final bob.test storage_usage", "recorded": 7, "engine": 182}


def test_replay__ends_with_two_where_a_file_cannot_be_read(tmp_path: Path) -> None:
    good = GOLDEN / "transcripts" / "07-context.json"
    torn = tmp_path / "torn.json.gz"
    torn.write_bytes(gzip.compress(good.read_bytes())[:1000])
    other = tmp_path / "other.json"
    other.write_text('{"format": 3}')
    result = _replay(tmp_path / "missing.json", torn, other, good)
    assert result.exit_code == 2
    assert "missing.json: No such file" in result.output
    assert "torn.json.gz: not a whole gzip file" in result.output
    assert "other.json: format: this is not format 1" in result.output
    assert "context: agrees" in result.output
    with pytest.raises(TranscriptUnreadable):
        replay_transcript(other)


def test_from_transcript__can_be_read_and_goes_on() -> None:
    sandbox = Sandbox.from_transcript(GOLDEN / "transcripts" / "07-context.json")
    assert sandbox.chain_id == "golden"
    last = sandbox.block_height
    alice = sandbox.account("alice.test")
    alice.transfer("bob.test", 1)
    assert sandbox.block_height > last
    with pytest.raises(SandboxMisused):
        Sandbox.from_transcript(__file__)
