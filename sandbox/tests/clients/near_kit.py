"""near-kit for Python through the whole journey; prints what each step saw as one JSON object."""

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from near import Near, actions
from near.keys import KeyPairSigner, generate_key
from near.testing import fast_forward, sandbox_signer

url, wasm, signed = sys.argv[1], Path(sys.argv[2]).read_bytes(), json.loads(Path(sys.argv[3]).read_text())
NEW = "near-kit-py.sandbox"


def failure(attempt: Callable[[], Any]) -> dict[str, str]:
    try:
        attempt()
    except Exception as error:
        return {"name": type(error).__name__, "text": str(error)}
    return {"name": "none"}


root = Near(rpc_url=url, signer=sandbox_signer())
pair = generate_key()
near = Near(rpc_url=url, signer=KeyPairSigner(account_id=NEW, key_pair=pair))
seen: dict[str, Any] = {}
funded = [
    actions.create_account(),
    actions.transfer("20 NEAR"),
    actions.add_full_access_key(str(pair.public_key)),
]
seen["create_account"] = root.send_transaction(NEW, funded).final_execution_status
near.send_transaction(NEW, [actions.deploy_contract(wasm)])
seen["deploy"] = len(near.contract_code(NEW).code)
seen["call"] = near.call(NEW, "echo", {"n": 1}).json_value()
seen["contract_panic"] = failure(lambda: near.call(NEW, "refuse", {}))
near.call(NEW, "put", {"n": 2})
seen["view"] = near.view(NEW, "get", {})
before = root.balance()
near.send("sandbox", "3 NEAR")
seen["transfer"] = str(int(root.balance()) - int(before))
seen["unknown_account"] = failure(lambda: near.account("nobody.sandbox"))
for name in ("create_account", "newer"):
    root.rpc("send_tx", {"signed_tx_base64": signed[name], "wait_until": "EXECUTED_OPTIMISTIC"})
seen["bad_nonce"] = failure(
    lambda: root.rpc("send_tx", {"signed_tx_base64": signed["bad_nonce"], "wait_until": "NONE"})
)
height = int(near.rpc("block", {"finality": "final"})["header"]["height"])
fast_forward(near, 50)
seen["fast_forward"] = int(near.rpc("block", {"finality": "final"})["header"]["height"]) - height >= 50
print(json.dumps(seen))
