"""Every way task_market refuses a call, besides the refusals of `common.errors` and `common.ledger`.

A panic reads "CODE: text". Clients match the code, which is stable; the text may improve.
"""

from common.errors import Refusal

FEE_TOO_HIGH = Refusal("FEE_TOO_HIGH", "the fee is above the cap of 10 %")

REWARD_TOO_SMALL = Refusal("REWARD_TOO_SMALL", "the reward is below 0.001 NEAR")
BOND_TOO_SMALL = Refusal("BOND_TOO_SMALL", "the bond is below 10 % of the reward")
NO_REQUIREMENT = Refusal("NO_REQUIREMENT", "a task names a service or a measurement")
INPUT_AMBIGUOUS = Refusal("INPUT_AMBIGUOUS", "give either the input or a reference to it")
INPUT_HASH_MISMATCH = Refusal("INPUT_HASH_MISMATCH", "the input does not have this hash")
INPUT_TOO_LARGE = Refusal("INPUT_TOO_LARGE", "the input or its reference is too long")
OUTPUT_LIMIT = Refusal("OUTPUT_LIMIT", "max_output_bytes is out of range")
WINDOW_OUT_OF_RANGE = Refusal("WINDOW_OUT_OF_RANGE", "a window lasts from one minute to thirty days")

TASK_UNKNOWN = Refusal("TASK_UNKNOWN", "no task has this id")
WRONG_STATE = Refusal("WRONG_STATE", "the task is not in a state that allows this")
NOT_CLIENT = Refusal("NOT_CLIENT", "only the task's client may do this")
NOT_NODE_ACCOUNT = Refusal("NOT_NODE_ACCOUNT", "only the node's own account may do this")

CLAIM_WINDOW_CLOSED = Refusal("CLAIM_WINDOW_CLOSED", "the claim could not finish before the deadline")
CLAIM_BARRED = Refusal("CLAIM_BARRED", "this account lapsed on or released this task before")
GRACE_OVER = Refusal("GRACE_OVER", "the claim is too old to be released")

WORK_WINDOW_CLOSED = Refusal("WORK_WINDOW_CLOSED", "the result comes too late")
OUTPUT_TOO_LARGE = Refusal("OUTPUT_TOO_LARGE", "the output exceeds what the task allows")
MEASUREMENT_NOT_ACCEPTED = Refusal("MEASUREMENT_NOT_ACCEPTED", "the task does not accept this measurement")
BAD_SIGNATURE = Refusal("BAD_SIGNATURE", "the signature does not verify over this task's receipt")
CHECK_PENDING = Refusal("CHECK_PENDING", "the registry's answer may still come")
TOO_LATE = Refusal("TOO_LATE", "the submission has waited too long: expire the task")

REVIEW_OPEN = Refusal("REVIEW_OPEN", "the client may still review the result")
NOT_DUE = Refusal("NOT_DUE", "nothing about this task is due yet")
