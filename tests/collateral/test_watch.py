"""`watch`: a file that is never out of date while its service works, and never worse than it was."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sealwright.collateral import cli
from sealwright.collateral.publishing import PublishFailed
from sealwright.collateral.watch import FAILED, RENEWED, UNCHANGED, Rhythm, Round, Watch, run
from sealwright_agents.simulated import Bends, SimulatedTee
from tee_attestation_verifier.intel.collateral import Collateral
from tee_attestation_verifier.intel.trust import TrustedRoot, root_from_der
from tee_attestation_verifier.offchain.collateral_file import read_collateral, write_collateral
from tee_attestation_verifier.offchain.openssl import OpenSslCrypto
from tee_attestation_verifier.offchain.pcs import PcsError
from tee_attestation_verifier.offchain.pcs.outlook import Prospect
from typer.testing import CliRunner

from tests.collateral.imitation import Imitation, Reply
from tests.collateral.shapes import Holdings, PccsShape
from tests.collateral.tls import Tls
from tests.collateral.world import DAY, NOW, contents, holdings_of

AWAY = PcsError("PCS_UNREACHABLE", "status 503")


class Station:
    """A watch over a file, a source whose answers the test sets, and everything that was told."""

    def __init__(self, folder: Path, tee: SimulatedTee) -> None:
        self.tee, self.file = tee, folder / "collateral.json"
        self.answer: Callable[[int], Collateral] = tee.collateral
        self.watch = Watch(self.file, self.root, lambda now: self.answer(now))

    @property
    def root(self) -> TrustedRoot:
        """The simulated root."""
        return root_from_der(self.tee.root_der, OpenSslCrypto())

    def held(self) -> Collateral:
        """What the file holds."""
        return read_collateral(self.file.read_bytes())

    def fail(self, failure: Exception) -> None:
        """Let the source raise from now on."""

        def answer(now: int) -> Collateral:
            raise failure

        self.answer = answer


@pytest.fixture
def station(tmp_path: Path, tee: SimulatedTee) -> Station:
    return Station(tmp_path, tee)


def test_round__fills_an_empty_file_and_then_replaces_what_is_newer(station: Station) -> None:
    first = station.watch.round(NOW)
    assert (first.event, first.valid_until, first.is_ending) == (RENEWED, NOW + 30 * DAY, False)
    assert first.pause_s == DAY
    assert contents(station.held()) == contents(station.tee.collateral(NOW))
    station.answer = lambda now: station.tee.collateral(NOW)
    assert station.watch.round(NOW + DAY).event == UNCHANGED
    station.answer = station.tee.collateral
    assert station.watch.round(NOW + 2 * DAY).event == RENEWED
    assert contents(station.held()) == contents(station.tee.collateral(NOW + 2 * DAY))


def test_round__never_takes_the_file_back(station: Station) -> None:
    station.watch.round(NOW)
    older, newer = station.tee.collateral(NOW - DAY), station.tee.collateral(NOW + DAY)
    station.answer = lambda now: older
    assert station.watch.round(NOW).event == UNCHANGED
    mixed = station.tee.collateral(NOW + DAY)
    mixed.pck_crl = older.pck_crl  # one part behind is enough
    station.answer = lambda now: mixed
    assert station.watch.round(NOW + DAY).event == UNCHANGED
    assert contents(station.held()) == contents(station.tee.collateral(NOW))
    station.answer = lambda now: newer
    assert station.watch.round(NOW + DAY).event == RENEWED


def test_round__never_lets_bad_collateral_in(station: Station) -> None:
    station.watch.round(NOW)
    forged = station.tee.collateral(NOW + DAY)
    forged.tcb_info_signature = bytes(64)
    station.answer = lambda now: forged
    done = station.watch.round(NOW + DAY)
    assert (done.event, done.code, done.is_temporary) == (FAILED, "TCB_INFO_SIGNATURE", False)
    assert done.valid_until == NOW + 30 * DAY
    assert contents(station.held()) == contents(station.tee.collateral(NOW))


def test_round__replaces_a_file_that_is_no_good(station: Station) -> None:
    for content in (b"", b"{}", write_collateral(SimulatedTee(b"stranger", NOW).collateral()).encode()):
        station.file.write_bytes(content)
        assert station.watch.round(NOW).event == RENEWED
    station.file.write_text(write_collateral(station.tee.collateral(NOW - 60 * DAY)))
    assert station.watch.round(NOW).event == RENEWED
    forged = station.tee.collateral(NOW + DAY)  # of later dates than the service's
    forged.tcb_info_signature = bytes(64)
    station.file.write_text(write_collateral(forged))
    assert station.watch.round(NOW).event == RENEWED


def test_round__takes_another_platform_for_something_else(station: Station) -> None:
    other = replace(station.tee.platform, fmspc=bytes(6))
    station.watch.round(NOW)
    older = SimulatedTee(b"collateral", NOW - 2 * 3600, platform=other).collateral()
    fresh = station.tee.collateral(NOW)
    fresh.tcb_info, fresh.tcb_info_signature = older.tcb_info, older.tcb_info_signature
    station.answer = lambda now: fresh
    assert station.watch.round(NOW).event == RENEWED


def test_round__keeps_what_it_has_while_the_service_is_away(station: Station) -> None:
    station.fail(AWAY)
    empty = station.watch.round(NOW)
    assert (empty.event, empty.valid_until, empty.is_ending, empty.pause_s) == (FAILED, None, True, 900)
    station.answer = station.tee.collateral
    station.watch.round(NOW)
    station.fail(PcsError("PCS_UNREACHABLE", "status 429", retry_after_s=7200.0))
    done = station.watch.round(NOW + DAY)
    assert (done.event, done.code, done.is_temporary, done.pause_s) == (FAILED, "PCS_UNREACHABLE", True, 7200)
    assert (done.valid_until, done.is_ending) == (NOW + 30 * DAY, False)


def test_round__warns_within_the_margin_and_comes_back_in_time(station: Station) -> None:
    station.watch.round(NOW)
    station.answer = lambda now: station.tee.collateral(NOW)
    almost = station.watch.round(NOW + 23 * DAY - 3600)
    assert (almost.is_ending, almost.pause_s) == (False, 3600)
    ending = station.watch.round(NOW + 23 * DAY)
    assert (ending.event, ending.is_ending, ending.pause_s) == (UNCHANGED, True, 900)


def test_round__tells_the_quotes_status(station: Station) -> None:
    watch = replace(station.watch, quote=station.tee.quote(bytes(64)))
    assert (watch.round(NOW).status, watch.round(NOW).quote_code) == ("UpToDate", None)
    bends = Bends(tcb_info=lambda info: info["tcbLevels"][0].update(tcbStatus="Revoked"))
    station.answer = SimulatedTee(b"collateral", NOW, bends=bends).collateral
    done = watch.round(NOW + DAY)
    assert (done.event, done.status, done.quote_code) == (RENEWED, None, "TCB_REVOKED")


def test_round__warns_of_a_status_to_come_and_does_without_a_forecast(station: Station) -> None:
    standard, same = Prospect(18, ("standard",), status="UpToDate"), Prospect(19, status="UpToDate")
    older, worse = Prospect(17, status="OutOfDate"), Prospect(20, ("early",), code="TCB_REVOKED")
    watch = replace(station.watch, foresee=lambda now: [older, standard, same, worse])
    done = watch.round(NOW)
    assert done.to_come == (worse,)
    assert done.document()["to_come"][0]["code"] == "TCB_REVOKED"

    def unable(now: int) -> list[Prospect]:
        raise AWAY

    assert replace(watch, foresee=unable).round(NOW + DAY).event == RENEWED


def test_round__publishes_what_it_holds_until_it_is_there(station: Station) -> None:
    published: list[Collateral] = []

    def publish(collateral: Collateral) -> str:
        if len(published) < 1:
            published.append(collateral)
            raise PublishFailed("the node is away")
        published.append(collateral)
        return "kept"

    watch = replace(station.watch, publish=publish)
    failed = watch.round(NOW)
    assert (failed.event, failed.publish_failure, failed.pause_s) == (RENEWED, "the node is away", 900)
    station.answer = lambda now: station.tee.collateral(NOW)
    done = watch.round(NOW + 900)
    assert (done.event, done.published, done.publish_failure) == (UNCHANGED, "kept", None)
    assert contents(published[0]) == contents(published[1]) == contents(station.tee.collateral(NOW))


@pytest.mark.parametrize("outage_days", [0, 6])
def test_run__never_lets_the_file_expire(station: Station, outage_days: int) -> None:
    """Ninety days of a service that issues weekly, and is away for days just when a renewal falls due."""
    moment, told = float(NOW), list[Round]()
    away_from = NOW + 23 * DAY

    class Over(Exception):
        """Ninety days have passed."""

    def answer(now: int) -> Collateral:
        if away_from <= now < away_from + outage_days * DAY:
            raise AWAY
        # Until the outage it stands still, so that what is held gets as old as it may.
        return station.tee.collateral(NOW if now < away_from else now - (now - NOW) % (7 * DAY))

    def sleep(seconds: float) -> None:
        nonlocal moment
        moment += seconds
        if moment > NOW + 90 * DAY:
            raise Over

    station.answer = answer
    watch = replace(station.watch, rhythm=Rhythm(retry_s=6 * 3600))
    with pytest.raises(Over):
        run(watch, lambda: moment, sleep, told.append)
    assert sum(each.event == FAILED for each in told) == outage_days * 4
    assert all((each.valid_until or 0) > each.at for each in told)
    assert len(told) > 80


def test_run__once_is_one_round(station: Station) -> None:
    told: list[Round] = []
    done = run(
        station.watch, lambda: float(NOW), lambda seconds: pytest.fail("no pause"), told.append, once=True
    )
    assert told == [done]


def test_rhythm__is_a_day_and_a_week() -> None:
    assert Rhythm() == Rhythm(every_s=DAY, margin_s=7 * DAY, retry_s=900)


class TestCommand:
    """`sealwright collateral watch --once` against a PCCS, at the clock's time."""

    @pytest.fixture
    def command(
        self, tmp_path: Path, tls: Tls, tee: SimulatedTee, monkeypatch: pytest.MonkeyPatch
    ) -> Callable[..., Any]:
        monkeypatch.setattr("time.time", lambda: float(NOW))
        root, quote = tmp_path / "root.der", tmp_path / "quote.bin"
        root.write_bytes(tee.root_der)
        quote.write_bytes(tee.quote(bytes(64)))

        def command(service: Imitation, *options: str) -> Any:
            arguments = ["watch", "--out", str(tmp_path / "collateral.json"), "--quote", str(quote)]
            arguments += ["--service", service.url, "--ca-file", str(tls.ca_file), "--root", str(root)]
            return CliRunner().invoke(cli.app, [*arguments, "--once", *options])

        return command

    def test_watch__says_what_it_did(self, command: Callable[..., Any], tls: Tls, holdings: Holdings) -> None:
        with Imitation(tls, PccsShape(holdings)) as service:
            done = command(service, "--json")
            assert done.exit_code == 0
            document = json.loads(done.stdout)
            assert (document["event"], document["status"]) == (RENEWED, "UpToDate")
            assert document["valid_until"] == NOW + 30 * DAY
            text = command(service)
            assert (text.exit_code, "unchanged, good until 2026-07-15" in text.stdout) == (0, True)
            bends = Bends(tcb_info=lambda info: info.update(tcbEvaluationDataNumber=19, tcbLevels=[]))
            holdings.editions["early"] = SimulatedTee(b"collateral", NOW, bends=bends).collateral()
            text = command(service)
        assert (text.exit_code, "TCB_NOT_SUPPORTED under evaluation 19" in text.stdout) == (0, True)

    def test_watch__has_an_exit_code_for_each_trouble(
        self, command: Callable[..., Any], tls: Tls, tee: SimulatedTee, holdings: Holdings
    ) -> None:
        with Imitation(tls, PccsShape(holdings)) as service:
            service.fail("/", Reply(status=503, headers={"Retry-After": "999"}))
            assert command(service).exit_code == 4
            service.fail("/tcb", Reply(status=404))
            assert command(service).exit_code == 1
            assert command(service, "--margin", "40d").exit_code == 3
            assert command(service, "--every", "daily").exit_code == 2
            assert command(service, "--publish", "verifier.near").exit_code == 2
            bends = Bends(tcb_info=lambda info: info["tcbLevels"][0].update(tcbStatus="Revoked"))
            revoked = SimulatedTee(b"collateral", NOW + DAY - 3600, bends=bends)
            service.shape = PccsShape(holdings_of(revoked, NOW + DAY - 3600))
            done = command(service)
        assert (done.exit_code, "TCB_REVOKED" in done.stdout) == (1, True)
