"""What readers see of kept collateral: the JSON of the views."""

from typing import TypedDict

from sealwright_protocol.types import U32, AccountId, TimestampMs, Yocto


class KeptCrlView(TypedDict):
    """A kept revocation list. `crl_number` is in hexadecimal; valid from..until, the end exclusive."""

    payer_id: AccountId
    price: Yocto
    crl_number: str
    this_update_ms: TimestampMs
    valid_from_ms: TimestampMs
    valid_until_ms: TimestampMs


class KeptDocumentView(TypedDict):
    """One kept evaluation of TCB info or of a QE identity."""

    payer_id: AccountId
    price: Yocto
    evaluation_number: U32
    issued_ms: TimestampMs
    valid_from_ms: TimestampMs
    valid_until_ms: TimestampMs


class KeptCollateralView(TypedDict):
    """What is kept for one kind and processor family; lists are null where none is kept."""

    root_crl: KeptCrlView | None
    pck_crl: KeptCrlView | None
    tcb_infos: list[KeptDocumentView]
    qe_identities: list[KeptDocumentView]
