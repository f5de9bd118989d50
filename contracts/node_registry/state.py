"""What node_registry keeps, record by record. Formats are append-only: a released one never changes."""

from sealwright_protocol.records import Record

ACTIVE = 0
DEACTIVATED = 1


class Config(Record):
    """Which verifier is asked, by which method, with how much gas. The owner is the kit's to keep."""

    FIELDS = ("verifier_id", "verifier_method", "verifier_gas_tgas")
    FORMAT = "ssH"

    verifier_id: str
    verifier_method: str
    verifier_gas_tgas: int


class Policy(Record):
    """What a verdict must say to be good enough.

    accepted_statuses   TCB statuses that need no grace
    advisory_grace      (advisory id, until ms): a status that is not accepted passes while each
                        of its advisories has an unexpired grace
    platform_list       whether only allowed machines pass
    *_since_ms          when that part was last changed: earlier times are not judged by it
    """

    FIELDS = (
        "version",
        "accepted_statuses",
        "advisory_grace",
        "platform_list",
        "max_age_ms",
        "removal_grace_ms",
        "statuses_since_ms",
        "platforms_since_ms",
    )
    FORMAT = "Q[s][(sQ)]?QQQQ"

    version: int
    accepted_statuses: list[str]
    advisory_grace: list[tuple[str, int]]
    platform_list: bool
    max_age_ms: int
    removal_grace_ms: int
    statuses_since_ms: int
    platforms_since_ms: int


class Measurement(Record):
    """An approved measurement; `ends_at_ms` is 0 until it is removed."""

    FIELDS = ("label", "approved_at_ms", "ends_at_ms")
    FORMAT = "sQQ"

    label: str
    approved_at_ms: int
    ends_at_ms: int


class Platform(Record):
    """A machine of the allow-list; `removed_at_ms` is 0 while it is allowed."""

    FIELDS = ("removed_at_ms",)
    FORMAT = "Q"

    removed_at_ms: int


class Node(Record):
    """A node and its current key. `version` counts changes of identity: keys and state.

    previous_key        the key before this one, kept so that past times can be judged
    deactivated_at_ms   0 while active
    """

    FIELDS = (
        "version",
        "state",
        "signing_key",
        "encryption_key",
        "tls_spki_hash",
        "endpoint",
        "region",
        "services",
        "registered_at_ms",
        "deactivated_at_ms",
        "previous_key",
    )
    FORMAT = "QB32x32x32xss[(sU)]QQ<32x>"

    version: int
    state: int
    signing_key: bytes
    encryption_key: bytes
    tls_spki_hash: bytes
    endpoint: str
    region: str
    services: list[tuple[str, int]]
    registered_at_ms: int
    deactivated_at_ms: int
    previous_key: "bytes | None"


class Key(Record):
    """What a signing key's attestation says, and when it held: two intervals, [from, until).

    earlier_*           the interval before a lapse; zeros when there was none
    superseded_at_ms    when another key took its place; 0 while it is the node's current one
    revoked             invalid at every time
    """

    FIELDS = (
        "node_id",
        "measurement_id",
        "ppid_hash",
        "tcb_status",
        "advisory_ids",
        "from_ms",
        "until_ms",
        "earlier_from_ms",
        "earlier_until_ms",
        "superseded_at_ms",
        "revoked",
    )
    FORMAT = "s32x32xs[s]QQQQQ?"

    node_id: str
    measurement_id: bytes
    ppid_hash: bytes
    tcb_status: str
    advisory_ids: list[str]
    from_ms: int
    until_ms: int
    earlier_from_ms: int
    earlier_until_ms: int
    superseded_at_ms: int
    revoked: bool


class Mark(Record):
    """A change in flight: the number its callback must carry, and what to undo if it fails.

    version     the node's version when the change started; 0 for a node that does not exist yet
    new_node    whether the price of a node's record is held for it; new_key: that of a key
    """

    FIELDS = ("number", "expires_at_ms", "version", "challenge", "new_node", "new_key")
    FORMAT = "QQQ32x??"

    number: int
    expires_at_ms: int
    version: int
    challenge: bytes
    new_node: bool
    new_key: bool


class Challenges(Record):
    """The challenges of one account: (challenge, expires at ms, number of the change that uses it or 0)."""

    FIELDS = ("entries",)
    FORMAT = "[(32xQQ)]"

    entries: list[tuple[bytes, int, int]]


class Counter(Record):
    """The number the next challenge or change gets; none is given twice."""

    FIELDS = ("next",)
    FORMAT = "Q"

    next: int


class Change(Record):
    """What the callback needs of the call that asked the verifier."""

    FIELDS = (
        "number",
        "verifier_id",
        "verifier_method",
        "renewal",
        "node_id",
        "signing_key",
        "encryption_key",
        "tls_spki_hash",
        "endpoint",
        "region",
        "services",
    )
    FORMAT = "Qss?s32x32x32xss[(sU)]"

    number: int
    verifier_id: str
    verifier_method: str
    renewal: bool
    node_id: str
    signing_key: bytes
    encryption_key: bytes
    tls_spki_hash: bytes
    endpoint: str
    region: str
    services: list[tuple[str, int]]
