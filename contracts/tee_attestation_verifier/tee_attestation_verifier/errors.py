"""One exception, one code a check.

    Rejection            the evidence failed a check; `code` names it (see catalogue.py), `detail` says how
    CollateralMissing    nothing current is kept to judge the evidence by; says nothing about the evidence

Off chain a rejection is raised; the contract turns it into a value.
"""


class Rejection(Exception):
    """A check failed. `step` is the number of the refusing step, 0 while unknown."""

    def __init__(self, code: str, detail: str = "") -> None:
        """`code` is stable and machine-readable, `detail` is for people and may change."""
        super().__init__(code)
        self.code = code
        self.detail = detail
        self.step = 0

    def __str__(self) -> str:
        """`CODE: detail`."""
        return self.code + ": " + self.detail if self.detail else self.code


class CollateralMissing(Exception):
    """What is kept does not suffice to judge: `what` is absent, or all of it has expired."""

    def __init__(self, what: str) -> None:
        """`what` is missing, for people."""
        super().__init__(what)
        self.what = what

    def __str__(self) -> str:
        """What is missing."""
        return self.what
