"""The market's numbers. Amounts are yoctoNEAR, times milliseconds, shares basis points."""

MINUTE_MS = 60 * 1000
DAY_MS = 24 * 60 * MINUTE_MS

MIN_REWARD = 10**21
"""0.001 NEAR: less than a settlement's gas is worth nobody's work."""
MIN_BOND_BPS = 1_000
"""The bond is at least this share of the reward, so that a lapsed claim is never free."""
MAX_FEE_BPS = 1_000
FORFEIT_BPS = 500
"""Share of the bond that a released claim, or one refused for the node's own fault, costs."""
ALL_BPS = 10_000

MIN_WINDOW_MS = MINUTE_MS
MAX_WINDOW_MS = 30 * DAY_MS
RELEASE_GRACE_MS = MINUTE_MS
MAX_ATTEMPTS = 5

CHECK_DEAD_AFTER_MS = 10 * MINUTE_MS
"""A check of the registry takes three blocks; after this time its callback died."""
UNVERIFIED_ENDS_AFTER_MS = 3 * DAY_MS
"""How long a submission waits for a registry that does not answer."""
KEPT_AFTER_END_MS = 30 * DAY_MS
"""For this long only the client may remove an ended task."""

MAX_INPUT_BYTES = 16_384
MAX_REFERENCE_BYTES = 256
MAX_OUTPUT_BYTES = 16_384
MAX_MEASUREMENTS = 8
MAX_SERVICE_BYTES = 32
MAX_NODE_ID_BYTES = 32 + 1 + 64
MAX_STORED_TASKS = 256
"""Tasks of one client that are stored at a time, ended ones included until they are removed."""

MAX_PAGE = 50
MAX_SCANNED_IDS = 100
