"""Intel's attestation (DCAP): SGX and TDX quotes, their collateral, and the sixteen steps that judge them."""
