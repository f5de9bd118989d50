"""CPython stand-ins, never part of a contract: `_host` and the unit-test harness.

Contract code writes `from common.shim import _host`; the build turns that into the C
module of the same name.
"""
