"""Typed, sans-io clients of the contracts: they say what to send, a transport sends it.

    call = TaskMarket("market.near").claim_task(task_id=7, node_id="a.node.near")
    task_id = call.decode(transport.send(call))

All modules here but `calls` are generated from the contracts by `sealwright build`.
"""
