"""The contract kit: what every contract needs between its own rules and the host.

Contracts import its modules by name (`from common import env`); nothing is loaded
that a contract does not ask for.
"""
