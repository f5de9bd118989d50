"""What a sandbox is made with."""

import pytest
from sealwright_sandbox import Sandbox, SandboxMisused


def test_protocol_version__may_come_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NEAR_PROTOCOL_VERSION", "87")
    assert Sandbox().protocol_version == 87
    assert Sandbox().rpc("status", [])["protocol_version"] == 87
    assert Sandbox(protocol_version=85).protocol_version == 85


@pytest.mark.parametrize(("version", "reason"), [("newest", "is no protocol version"), ("12", "is one of")])
def test_protocol_version__says_what_is_wrong(
    monkeypatch: pytest.MonkeyPatch, version: str, reason: str
) -> None:
    monkeypatch.setenv("NEAR_PROTOCOL_VERSION", version)
    with pytest.raises(SandboxMisused, match=reason):
        Sandbox()
