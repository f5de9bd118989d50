"""`sealwright build`: from contract sources to wasm, ABI, schema, client and manifest."""
