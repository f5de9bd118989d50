"""`sealwright-sandbox start` as a process."""

import json
import re
import signal
import subprocess
import sys
import urllib.request
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from sealwright_sandbox import Sandbox
from sealwright_sandbox.cli import main


def _start(*arguments: str) -> tuple[subprocess.Popen[str], str]:
    code = "from sealwright_sandbox.cli import main; main()"
    process = subprocess.Popen(
        [sys.executable, "-c", code, "start", "--port", "0", *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert process.stdout is not None
    lines = []
    for line in process.stdout:
        lines.append(line)
        if "Ctrl-C ends" in line:
            break
    text = "".join(lines)
    url = re.search(r"http://127\.0\.0\.1:\d+", text)
    assert url is not None, text
    for account in ("near", "sandbox", "registrar", "test.near"):
        assert re.search(rf"^{account} +[0-9]+ NEAR +ed25519:", text, re.MULTILINE), text
    return process, url[0]


def _stop(process: subprocess.Popen[str]) -> str:
    process.send_signal(signal.SIGINT)
    text, _ = process.communicate(timeout=30)
    assert process.returncode == 0, text
    return text


def _rpc(url: str, method: str, params: Any) -> Any:
    body = json.dumps({"jsonrpc": "2.0", "id": 1, "method": method, "params": params}).encode()
    request = urllib.request.Request(url, body, {"Content-Type": "application/json"})
    with urllib.request.urlopen(request) as answer:
        return json.load(answer)["result"]


def test_start__serves_until_interrupted_and_goes_on_from_its_home(tmp_path: Path) -> None:
    process, url = _start("--home", str(tmp_path), "--block-time", "20ms")
    _rpc(url, "sandbox_fast_forward", {"delta_height": 500})
    genesis = _rpc(url, "status", [])["genesis_hash"]
    stopped = re.search(r"stopped at block (\d+)", _stop(process))
    assert stopped is not None
    assert int(stopped[1]) > 500

    process, url = _start("--home", str(tmp_path), "--block-time", "20ms")
    status = _rpc(url, "status", [])
    assert status["genesis_hash"] == genesis
    assert status["sync_info"]["latest_block_height"] >= int(stopped[1])
    _stop(process)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--block-time", "soon"], "'soon' is neither 'instant' nor a time"),
        (["--host", "nowhere"], "is no IP address"),
    ],
)
def test_start__explains_what_is_wrong(arguments: list[str], message: str) -> None:
    result = CliRunner().invoke(main, ["start", *arguments])
    assert result.exit_code != 0
    assert message in result.output


def test_trace__asks_a_node(tmp_path: Path) -> None:
    abi = tmp_path / "near.abi.json"
    abi.write_text('{"body": {"functions": []}}')
    with Sandbox() as sandbox, sandbox.serve() as server:
        outcome = sandbox.treasury.transfer("sandbox", 10**24)
        arguments = ["trace", outcome.hash, "--url", server.url, "--abi", f"near={abi}"]
        shown = CliRunner().invoke(main, arguments)
        data = json.loads(CliRunner().invoke(main, [*arguments, "--json"]).output)
        unknown = CliRunner().invoke(main, ["trace", "1" * 32, "--url", server.url])
    assert shown.exit_code == 0, shown.output
    assert "✓ near → sandbox  Transfer  deposit 1 NEAR" in shown.output
    assert data["transaction"]["block"]["height"] == 1
    assert data["complete"]
    assert unknown.exit_code == 1
    wrong = CliRunner().invoke(main, ["trace", "1" * 32, "--abi", "near"])
    assert wrong.exit_code == 2
