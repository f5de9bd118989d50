"""A feed that believes one program in a TDX enclave, whoever runs it: the verifier is all it needs.

    admit(quote) --verify_quote_stored--> attestation_verifier --> on_verdict: this key speaks for the program
    publish(value, at_ms, signature): signed by such a key, newer than what is there

The enclave makes its signing key inside and quotes `report_data` = key ‖ SHA-256(this account). So a quote speaks
for one key and one feed; replaying it admits the same key again. Anyone may bring a quote or a value.

Trusts   the verifier account, fixed at `new`: ask its `get_trusted_root` and compare its code first.
Policy   UpToDate alone, one measurement (MRTD and RTMR0 to 2; RTMR3 is left to the program), until the evidence ends.
"""

from common import env
from common.entry import call, callback, init, view
from common.errors import Refusal, refuse, require
from common.promises import promise, result
from common.store import Cell, Map
from sealwright_protocol import borsh
from sealwright_protocol.records import Record
from sealwright_protocol.types import U32, U64, AccountId, Base64, PublicKey, Signature, TimestampMs
from sealwright_protocol.verdict import (
    Rejected,
    Td10Report,
    VerifiedReport,
    decode_verification_with_validity,
)

GAS_FOR_VERDICT_TGAS = 40
GAS_FOR_ON_VERDICT_TGAS = 10
MIN_GAS_ADMIT_TGAS = 70
MEASUREMENT_BYTES = 4 * 48

MEASUREMENT_MALFORMED = Refusal("MEASUREMENT_MALFORMED", "MRTD and RTMR0 to 2, 48 bytes each")
KEY_NOT_ADMITTED = Refusal("KEY_NOT_ADMITTED", "no current quote speaks for this key")
BAD_SIGNATURE = Refusal("BAD_SIGNATURE", "not signed by this key for this feed")
NOT_NEWER = Refusal("NOT_NEWER", "a value of this time or a later one is there")


class Config(Record):
    """What is believed: `measurement` is MRTD and RTMR0 to 2, `least` the least tcbEvaluationDataNumber."""

    FIELDS = ("verifier_id", "measurement", "least")
    FORMAT = "s192xI"

    verifier_id: str
    measurement: bytes
    least: int


class Admission(Record):
    """Until when a key speaks for the program, in Unix ms, exclusive."""

    FIELDS = ("valid_until_ms",)
    FORMAT = "Q"

    valid_until_ms: int


class Value(Record):
    """What was signed last: the value, and the time in Unix ms that the enclave gave it."""

    FIELDS = ("value", "at_ms")
    FORMAT = "QQ"

    value: int
    at_ms: int


CONFIG = Cell(b"c", Config)
ADMISSIONS = Map(b"k", Admission, key="32x")
VALUE = Cell(b"v", Value)


@init
def new(verifier_id: AccountId, measurement: Base64, least_evaluation: U32) -> None:
    """Fix what is believed. `measurement`: MRTD ‖ RTMR0 ‖ RTMR1 ‖ RTMR2.

    Fails   MEASUREMENT_MALFORMED, ALREADY_INITIALISED.
    """
    require(len(measurement) == MEASUREMENT_BYTES, MEASUREMENT_MALFORMED)
    CONFIG.put(Config(verifier_id, measurement, least_evaluation))


@call(min_gas=MIN_GAS_ADMIT_TGAS)
def admit(quote: Base64) -> None:
    """Have the verifier judge a quote; the key in it is admitted if it is the program's.

    Caller  anyone. The promise resolves to whether the key was admitted; where the verifier keeps no collateral for
            the quote, or cannot be reached, it was not, and the same quote may be brought again.
    """
    config = CONFIG.get()
    arguments = borsh.pack("bI", (quote, config.least))
    asked = promise(config.verifier_id).call("verify_quote_stored", arguments, gas_tgas=GAS_FOR_VERDICT_TGAS)
    asked.then("on_verdict", b"{}", gas_tgas=GAS_FOR_ON_VERDICT_TGAS).as_return()


@callback(results=1)
def on_verdict() -> bool:
    """The verifier's answer. Admits a key, or changes nothing."""
    answer = result(0)
    if answer is None:
        return False
    verdict, valid_until_ms = decode_verification_with_validity(answer)
    key = _spoken_for(verdict)
    if key is None:
        return False
    ADMISSIONS.put(key, Admission(valid_until_ms))
    return True


@call
def publish(value: U64, at_ms: TimestampMs, key: PublicKey, signature: Signature) -> None:
    """Take a newer value that an admitted key signed.

    Signed  Borsh (this account: String, value: u64, at_ms: u64).
    Fails   KEY_NOT_ADMITTED, BAD_SIGNATURE, NOT_NEWER.
    """
    admission = ADMISSIONS.get(key)
    if admission is None or env.block_ms() >= admission.valid_until_ms:
        refuse(KEY_NOT_ADMITTED)
    message = borsh.pack("sQQ", (env.current_account(), value, at_ms))
    require(env.ed25519_verify(signature, message, key), BAD_SIGNATURE)
    last = VALUE.find()
    require(last is None or at_ms > last.at_ms, NOT_NEWER)
    VALUE.put(Value(value, at_ms))


@view
def get_value() -> U64 | None:
    """The last value, null before there is one."""
    last = VALUE.find()
    return None if last is None else U64(last.value)


def _spoken_for(verdict: VerifiedReport | Rejected) -> bytes | None:
    """The key that a verified quote speaks for, if it is of the program, up to date, and for this feed."""
    if isinstance(verdict, Rejected) or verdict.status != "UpToDate":
        return None
    report = verdict.report
    if not isinstance(report, Td10Report):
        return None
    if report.mr_td + report.rt_mr0 + report.rt_mr1 + report.rt_mr2 != CONFIG.get().measurement:
        return None
    if report.report_data[32:] != env.sha256(env.current_account().encode()):
        return None
    return report.report_data[:32]
