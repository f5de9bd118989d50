"""neard's command line over the embedded node: what `NEAR_SANDBOX_BIN_PATH` may point at.

near-workspaces, near-sandbox-rs, near-api-rs's tests and near-kit start a node as a program: they
run `init`, edit the files it wrote, `run` it and read its keys back. `sealwright-neard` takes the
same arguments and keeps the same files, so those suites run on this node unchanged.

| module | concern |
|---|---|
| `home` | the files of a node's home: config.json, genesis.json, validator_key.json, node_key.json |
| `settings` | what genesis.json and config.json mean to a `Sandbox` |
| `dump` | the state of a running node as records |
| `cli` | the commands |
"""
