"""What readers see of a ledger: the JSON of `get_account` and `get_totals`."""

from typing import TypedDict

from sealwright_protocol.types import U32, U64, Yocto


class Account(TypedDict):
    """Every pot of one account (docs/spec/ledger.md) and how many records name it."""

    prepaid: Yocto
    owed: Yocto
    locked: Yocto
    bonded: Yocto
    storage: Yocto
    in_flight: Yocto
    records: U32


class Totals(TypedDict):
    """Every pot's sum; `escrow` is what must be there for others."""

    prepaid: Yocto
    owed: Yocto
    locked: Yocto
    bonded: Yocto
    storage: Yocto
    in_flight: Yocto
    escrow: Yocto
    balance: Yocto
    storage_usage_bytes: U64
