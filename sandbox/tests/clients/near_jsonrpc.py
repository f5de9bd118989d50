"""near-jsonrpc-client, which signs nothing: it sends what it is given. Prints what each step saw."""

import base64
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import near_jsonrpc_models as models
from near_jsonrpc_client import NearClientSync

url, signed = sys.argv[1], json.loads(Path(sys.argv[2]).read_text())
client = NearClientSync(rpc_urls=url)
account_id = signed["account_id"]
seen: dict[str, Any] = {}


def failure(attempt: Callable[[], Any]) -> dict[str, str]:
    try:
        attempt()
    except Exception as error:
        return {"name": type(error).__name__, "text": repr(getattr(error, "error", error))}
    return {"name": "none"}


def send(name: str) -> Any:
    request = {"signed_tx_base64": signed[name], "wait_until": "EXECUTED_OPTIMISTIC"}
    return client.send_tx(params=models.RpcSendTransactionRequest.model_validate(request)).root


def query(request_type: str, **fields: Any) -> Any:
    request = {"request_type": request_type, "finality": "final", **fields}
    return client.query(params=models.RpcQueryRequest.model_validate(request)).root


def status_of(answer: Any) -> Any:
    return json.loads(answer.model_dump_json(by_alias=True))["status"]


seen["chain_id"] = client.status().chain_id
seen["create_account"] = send("create_account").final_execution_status.root
seen["deploy"] = query("view_account", account_id=account_id).code_hash.root != "1" * 32
seen["call"] = json.loads(base64.b64decode(status_of(send("call"))["SuccessValue"]))
seen["contract_panic"] = json.dumps(status_of(send("contract_panic")))
send("put")
viewed = query("call_function", account_id=account_id, method_name="get", args_base64="")
seen["view"] = json.loads(bytes(viewed.result))
before = int(query("view_account", account_id=account_id).amount.root)
send("transfer")
seen["transfer"] = (int(query("view_account", account_id=account_id).amount.root) - before) / 10**24
seen["unknown_account"] = failure(lambda: query("view_account", account_id="nobody.sandbox"))
send("newer")
seen["bad_nonce"] = failure(lambda: send("bad_nonce"))
print(json.dumps(seen))
