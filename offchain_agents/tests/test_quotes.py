"""Quote providers: the simulated one against our verifier's input, the others against imitations."""

import json
import shutil
import socket
import threading
from pathlib import Path

import pytest
from sealwright_agents.errors import QuoteFailed
from sealwright_agents.quotes.collateral import CollateralFile, read_collateral
from sealwright_agents.quotes.configfs_tsm import ConfigfsQuotes
from sealwright_agents.quotes.dstack import DstackQuotes
from sealwright_agents.quotes.simulated import SimulatedQuotes, is_sandbox
from sealwright_protocol.verdict import decode_verify_args
from tee_attestation_verifier.intel.collateral import Collateral
from tee_attestation_verifier.offchain.collateral_file import write_collateral

NOW_MS = 1_781_481_600_000
REPORT_DATA = bytes(range(64))


@pytest.fixture
def collateral_file(tmp_path: Path) -> Path:
    simulated = SimulatedQuotes("sandbox", "m", "r").evidence(REPORT_DATA, NOW_MS).collateral
    path = tmp_path / "collateral.json"
    path.write_text(write_collateral(Collateral(**vars(simulated))))
    return path


@pytest.fixture
def source(collateral_file: Path) -> CollateralFile:
    return CollateralFile(collateral_file)


def test_simulated__binds_report_data_and_compose_hash() -> None:
    quotes = SimulatedQuotes("test-chain-x", "machine", "root", compose_hash=b"\x07" * 32)
    evidence = quotes.evidence(REPORT_DATA, NOW_MS)
    assert REPORT_DATA in evidence.quote
    assert b"\x01" + b"\x07" * 32 + bytes(15) in evidence.quote
    assert quotes.measurement.compose_hash == b"\x07" * 32
    assert decode_verify_args(evidence.verify_args())[0] == evidence.quote


@pytest.mark.parametrize("chain_id", ["mainnet", "testnet", "betanet", "", "sandboxes", "Sandbox"])
def test_simulated__is_refused_outside_a_sandbox(chain_id: str) -> None:
    assert not is_sandbox(chain_id)
    with pytest.raises(QuoteFailed, match="refused"):
        SimulatedQuotes(chain_id, "machine", "root")


def test_read_collateral__says_what_is_wrong(collateral_file: Path) -> None:
    assert read_collateral(collateral_file).tcb_info.startswith("{")
    content = json.loads(collateral_file.read_text())
    del content["tcb_info"]
    collateral_file.write_text(json.dumps(content))
    with pytest.raises(QuoteFailed, match="no text member tcb_info"):
        read_collateral(collateral_file)
    with pytest.raises(QuoteFailed, match="No such file"):
        read_collateral(collateral_file.with_name("none.json"))


def answer_once(path: Path, response: bytes) -> list[bytes]:
    """Serve one HTTP answer on a Unix socket; the request arrives in the list."""
    server = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    server.bind(str(path))
    server.listen()
    seen: list[bytes] = []

    def serve() -> None:
        connection, _ = server.accept()
        with server, connection:
            seen.append(connection.recv(65_536))
            while b"report_data" not in seen[-1]:
                seen.append(seen[-1] + connection.recv(65_536))
            head = f"HTTP/1.1 200 OK\r\nContent-Length: {len(response)}\r\n\r\n".encode()
            connection.sendall(head + response)

    threading.Thread(target=serve, daemon=True).start()
    return seen


def test_dstack__asks_the_socket(tmp_path: Path, source: CollateralFile) -> None:
    path = tmp_path / "dstack.sock"
    seen = answer_once(path, b'{"quote": "0400beef", "event_log": "[]"}')
    evidence = DstackQuotes(source, path).evidence(REPORT_DATA, NOW_MS)
    assert evidence.quote == bytes.fromhex("0400beef")
    assert evidence.collateral == source.collateral(evidence.quote, NOW_MS)
    assert REPORT_DATA.hex().encode() in seen[-1]
    assert seen[0].startswith(b"POST /GetQuote ")


def test_dstack__reports_failures(tmp_path: Path, source: CollateralFile) -> None:
    with pytest.raises(QuoteFailed, match=r"none\.sock"):
        DstackQuotes(source, tmp_path / "none.sock").evidence(REPORT_DATA, NOW_MS)
    answer_once(tmp_path / "odd.sock", b'{"error": "no TEE"}')
    with pytest.raises(QuoteFailed, match="holds no quote"):
        DstackQuotes(source, tmp_path / "odd.sock").evidence(REPORT_DATA, NOW_MS)


def test_configfs__reports_a_kernel_without_it(tmp_path: Path, source: CollateralFile) -> None:
    with pytest.raises(QuoteFailed, match="configfs-tsm at"):
        ConfigfsQuotes(source, tmp_path / "absent").evidence(REPORT_DATA, NOW_MS)


@pytest.fixture
def kernel(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, bytes]:
    """A folder that behaves like configfs: a new directory has the kernel's files in it."""
    files = {"outblob": b"quote", "provider": b"tdx_guest\n", "generation": b"1\n"}
    make = Path.mkdir

    def make_with_files(self: Path) -> None:
        make(self)
        for name, content in files.items():
            (self / name).write_bytes(content)

    monkeypatch.setattr(Path, "mkdir", make_with_files)
    monkeypatch.setattr(Path, "rmdir", lambda self: shutil.rmtree(self))
    return files


@pytest.mark.usefixtures("kernel")
def test_configfs__reads_a_quote_and_tidies_up(tmp_path: Path, source: CollateralFile) -> None:
    (tmp_path / "report").mkdir()
    quotes = ConfigfsQuotes(source, tmp_path / "report")
    assert quotes.evidence(REPORT_DATA, NOW_MS).quote == b"quote"
    assert not list((tmp_path / "report").glob("sealwright-*"))


@pytest.mark.parametrize(
    ("name", "content", "why"),
    [("provider", b"sev_guest\n", "speaks for sev_guest"), ("generation", b"2\n", "somebody else wrote")],
)
def test_configfs__refuses_another_provider_and_a_disturbed_request(
    tmp_path: Path, source: CollateralFile, kernel: dict[str, bytes], name: str, content: bytes, why: str
) -> None:
    (tmp_path / "report").mkdir()
    kernel[name] = content
    with pytest.raises(QuoteFailed, match=why):
        ConfigfsQuotes(source, tmp_path / "report").evidence(REPORT_DATA, NOW_MS)
