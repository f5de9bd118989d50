"""What only makes sense outside a contract: OpenSSL, files, the catalogue of codes."""
