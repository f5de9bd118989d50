"""A broken registry for each guarantee of docs/spec/node-registry.md."""

from __future__ import annotations

from tests.doubles.double import Double, Edit


def _registry(identifier: str, breaks: str, *edits: tuple[str, str, str]) -> Double:
    return Double(identifier, "node_registry", breaks, tuple([Edit(*edit) for edit in edits]))


REGISTRY_DOUBLES = (
    _registry(
        "REGISTRY-1",
        "only the challenge in report_data is compared",
        (
            "node_registry/admission.py",
            "if report.report_data != expected_report_data(change, mark.challenge):",
            "if report.report_data[32:] != mark.challenge:",
        ),
    ),
    _registry(
        "REGISTRY-2",
        "a challenge that is used is not marked",
        (
            "node_registry/challenges.py",
            "entry = (challenge, entry[1], number)",
            "entry = (challenge, entry[1], 0)",
        ),
    ),
    _registry(
        "REGISTRY-3",
        "a key that another node has is taken over",
        (
            "node_registry/registration.py",
            "        require(key.node_id == args.node_id, errors.KEY_TAKEN)\n",
            "",
        ),
        (
            "node_registry/admission.py",
            "    if key is not None and key.node_id != change.node_id:\n"
            "        raise Rejection(errors.KEY_TAKEN.code)\n",
            "",
        ),
    ),
    _registry(
        "REGISTRY-4",
        "an answer counts for whatever change is in flight",
        (
            "node_registry/registration.py",
            "if mark is None or mark.number != change.number:",
            "if mark is None:",
        ),
    ),
    _registry(
        "REGISTRY-5",
        "the end of the evidence is ignored",
        (
            "node_registry/admission.py",
            "end_ms = min(valid_until_ms, _measurement_end(change, key, measurement_id))",
            "end_ms = _measurement_end(change, key, measurement_id)",
        ),
    ),
    _registry(
        "REGISTRY-6",
        "a rejected registration keeps what it held",
        (
            "node_registry/registration.py",
            "    except Rejection as rejection:\n        desk.release(books, account_id, mark)\n",
            "    except Rejection as rejection:\n",
        ),
    ),
    _registry(
        "REGISTRY-7",
        "a renewal makes the key's past invalid",
        ("node_registry/keys.py", "            from_ms = key.from_ms\n", "            from_ms = now_ms\n"),
    ),
)
