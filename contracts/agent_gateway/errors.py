"""Every way agent_gateway refuses a call: "CODE: text"."""

from common.errors import Refusal

REQUEST_UNKNOWN = Refusal("REQUEST_UNKNOWN", "there has never been a request with this id")
REQUEST_CLOSED = Refusal("REQUEST_CLOSED", "the request takes no answers any more")
NOT_NODE_ACCOUNT = Refusal("NOT_NODE_ACCOUNT", "only the account in the node id may do this")
RESPONSE_TOO_LARGE = Refusal("RESPONSE_TOO_LARGE", "the output is larger than the request allows")
MEASUREMENT_NOT_ACCEPTED = Refusal("MEASUREMENT_NOT_ACCEPTED", "the request names other measurements")
BAD_SIGNATURE = Refusal("BAD_SIGNATURE", "the key has not signed the receipt of this answer")
OUTPUT_IMMUTABLE = Refusal("OUTPUT_IMMUTABLE", "this node has stored another output for the request")
OUTPUT_UNKNOWN = Refusal("OUTPUT_UNKNOWN", "this node has stored no output for the request")
OUTPUT_IN_USE = Refusal("OUTPUT_IN_USE", "the request is still open")
TOO_EARLY = Refusal("TOO_EARLY", "the request's own callback may still settle it")
