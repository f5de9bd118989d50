"""dstack: what software runs in a trust domain, read from its event log, compose file and configuration id.

A quote proves registers; dstack (github.com/Dstack-TEE/dstack) says what they stand for. Everything here
takes the registers as bytes and knows nothing of quotes, so any verified TDX report can be explained.

event_log     events to digests, replayed into RTMR0 to RTMR3
boot          the events that may be relied on: app id, compose hash, instance id, key provider
config_id     mr_config_id, versions 1 to 3
compose       app-compose.json against a policy that is data
report_data   what NEAR's projects let an enclave say

Rules, byte layouts and codes: docs/spec/dstack.md. Usable in a contract: digests come through `Hashes`.
"""
