"""The cache: what it saves, what it never serves, and that it survives damage and company."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from sealwright_agents.simulated import SimulatedTee
from tee_attestation_verifier.offchain.pcs import Cache, PcsError
from tee_attestation_verifier.offchain.pcs.answers import Received
from tee_attestation_verifier.offchain.pcs.cache import Kept, write_atomically

from tests.collateral.imitation import Imitation, Reply
from tests.collateral.shapes import Holdings, IntelShape
from tests.collateral.tls import Tls
from tests.collateral.world import DAY, NOW, client_of, contents, holdings_of, intel_at

ITEMS = 4  # two lists, TCB info, QE identity
DOWN = [Reply(status=503)] * 3 * ITEMS


def kept(url: str, fetched_at: int = NOW, valid_until: int = NOW + DAY) -> Kept:
    """An answer that is valid from NOW on."""
    return Kept(Received(url, b"body\xff", "chain"), fetched_at, NOW, valid_until)


def test_find__gives_an_answer_within_its_window_alone(folder: Path) -> None:
    cache = Cache(folder)
    assert cache.find("https://a", NOW) is None
    cache.put(kept("https://a"))
    assert cache.find("https://a", NOW) == kept("https://a")
    assert cache.find("https://a", NOW + DAY - 1) == kept("https://a")
    assert cache.find("https://a", NOW + DAY) is None
    assert cache.find("https://a", NOW - 1) is None
    assert cache.find("https://b", NOW) is None


def test_find__takes_a_damaged_or_foreign_file_for_none(folder: Path) -> None:
    cache = Cache(folder)
    cache.put(kept("https://a"))
    (path,) = folder.iterdir()
    whole = path.read_bytes()
    for damaged in (b"", whole[:-5], whole.replace(b"https://a", b"https://b"), b"[]", b"\xff"):
        path.write_bytes(damaged)
        assert cache.find("https://a", NOW) is None
    cache.put(kept("https://a"))
    assert cache.find("https://a", NOW) is not None


def test_put__drops_what_has_expired(folder: Path) -> None:
    cache = Cache(folder)
    cache.put(kept("https://a"))
    (folder / "damaged.json").write_text("{")
    cache.put(kept("https://b", fetched_at=NOW + DAY, valid_until=NOW + 2 * DAY))
    assert len(list(folder.iterdir())) == 1
    assert cache.find("https://b", NOW + DAY) is not None


def test_write_atomically__shows_the_old_file_or_the_new_one(tmp_path: Path) -> None:
    path, sizes = tmp_path / "file", set[int]()
    path.write_bytes(b"a" * 100_000)
    done = threading.Event()

    def look() -> None:
        while not done.is_set():
            sizes.add(len(path.read_bytes()))

    watcher = threading.Thread(target=look)
    watcher.start()
    for size in range(200):
        write_atomically(path, b"b" * (100_000 + size % 2))
    done.set()
    watcher.join()
    assert sizes <= {100_000, 100_001}
    assert list(tmp_path.iterdir()) == [path]


def test_client__asks_once_a_day(service: Imitation, tls: Tls, tee: SimulatedTee, folder: Path) -> None:
    quote = tee.quote(bytes(64))
    with client_of(intel_at(service), tls, folder) as client:
        first = client.for_quote(quote, NOW)
        assert len(service.asked) == ITEMS
        assert contents(client.for_quote(quote, NOW + DAY - 1)) == contents(first)
        assert len(service.asked) == ITEMS
        client.for_quote(quote, NOW + DAY)
        assert len(service.asked) == 2 * ITEMS
    with client_of(intel_at(service), tls, folder) as another:
        assert contents(another.for_quote(quote, NOW + DAY + 60)) == contents(first)
    assert len(service.asked) == 2 * ITEMS


def test_client__goes_on_with_what_still_holds_while_the_service_is_down(
    service: Imitation, tls: Tls, tee: SimulatedTee, folder: Path
) -> None:
    quote = tee.quote(bytes(64))
    with client_of(intel_at(service), tls, folder) as client:
        first = client.for_quote(quote, NOW)
        service.fail("/", *DOWN)
        assert contents(client.for_quote(quote, NOW + 29 * DAY)) == contents(first)
        service.fail("/", *DOWN)
        with pytest.raises(PcsError, match="PCS_UNREACHABLE"):
            client.for_quote(quote, NOW + 30 * DAY)


def test_client__does_not_hide_a_refusal_behind_the_cache(
    service: Imitation, tls: Tls, tee: SimulatedTee, folder: Path
) -> None:
    with client_of(intel_at(service), tls, folder) as client:
        client.for_quote(tee.quote(bytes(64)), NOW)
        service.fail("/tcb", Reply(status=404))
        with pytest.raises(PcsError, match="PCS_UNKNOWN"):
            client.for_quote(tee.quote(bytes(64)), NOW + DAY)


def test_client__keeps_nothing_that_it_refused(
    service: Imitation, tls: Tls, tee: SimulatedTee, folder: Path
) -> None:
    stale = IntelShape(holdings_of(tee, NOW - 60 * DAY))
    service.fail("/tcb", stale("/tdx/certification/v4/tcb", {"fmspc": tee.platform.fmspc.hex()}))
    with client_of(intel_at(service), tls, folder) as client:
        with pytest.raises(PcsError, match="PCS_OUT_OF_WINDOW"):
            client.for_quote(tee.quote(bytes(64)), NOW)
        assert len(list(folder.iterdir())) == 2
        client.for_quote(tee.quote(bytes(64)), NOW)
        assert len(list(folder.iterdir())) == ITEMS


def test_client__renews_what_the_service_has_renewed(
    service: Imitation, tls: Tls, tee: SimulatedTee, holdings: Holdings, folder: Path
) -> None:
    quote = tee.quote(bytes(64))
    with client_of(intel_at(service), tls, folder) as client:
        client.for_quote(quote, NOW)
        service.shape = IntelShape(holdings_of(tee, NOW + 2 * DAY))
        renewed = client.for_quote(quote, NOW + 2 * DAY)
    assert contents(renewed) == contents(tee.collateral(NOW + 2 * DAY))
    assert contents(renewed) != contents(holdings.standard)
