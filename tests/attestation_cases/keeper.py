"""The smallest keeper of checked collateral: one part of each kind, the latest, current or not."""

from __future__ import annotations

from types import ModuleType
from typing import Any


class SmallKeeper:
    """A `Keeper` of the verifier package (or double) whose module `kept` it is given."""

    def __init__(self, kept: ModuleType) -> None:
        """Nothing is kept yet."""
        self._kept = kept
        self._root_list: Any = None
        self._authority: Any = None
        self._documents: tuple[Any, Any] = (None, None)

    def keep(self, case: Any) -> None:
        """Keep checked collateral: the first whole, of later ones the root's list."""
        self._root_list = self._kept.kept_root_list(case)
        if self._authority is None:
            self._authority = self._kept.kept_authority(case)
            self._documents = (self._kept.kept_tcb_info(case), self._kept.kept_qe_identity(case))

    def root_list(self) -> Any:
        """The root's revocation list."""
        return self._root_list

    def find_issuer(self, digest: bytes) -> Any:
        """The PCK CA whose list was issued by the certificate with this digest."""
        return self._authority if self._authority.digest == digest else None

    def find_authority(self, subject: bytes, public_key: bytes) -> Any:
        """The PCK CA of this name and key."""
        issuer = self._authority.issuer
        return self._authority if (issuer.subject, issuer.public_key) == (subject, public_key) else None

    def tcb_info(self, tee: str, fmspc: bytes) -> Any:
        """TCB info, whatever it is for: there is one."""
        return self._documents[0]

    def qe_identity(self, tee: str) -> Any:
        """The QE identity, whatever it is for: there is one."""
        return self._documents[1]
