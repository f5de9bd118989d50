"""Checked collateral kept in memory, for services that judge many quotes of few processor families.

    keeper = MemoryKeeper(minimum=19)
    keeper.keep(check_collateral(collateral, now, INTEL_ROOT, crypto))
    claims = verify_kept(quote, keeper.at(now), now, INTEL_ROOT, crypto)

It replaces by the rules of the contract's store: a list gives way to a later one, a document to a later issue of the
same evaluation. Not safe for threads that keep and judge at the same time.
"""

from __future__ import annotations

from typing import TypeVar

from tee_attestation_verifier.crl import RevocationList
from tee_attestation_verifier.errors import CollateralMissing
from tee_attestation_verifier.intel import kept
from tee_attestation_verifier.intel.case import CollateralCase
from tee_attestation_verifier.intel.kept import (
    Keeper,
    KeptAuthority,
    KeptList,
    KeptQeIdentity,
    KeptTcbInfo,
)
from tee_attestation_verifier.intel.stored import require_unrevoked

T = TypeVar("T", KeptTcbInfo, KeptQeIdentity)


class MemoryKeeper:
    """What is kept; `at` gives the view of it at one time."""

    def __init__(self, minimum: int = 0) -> None:
        """`minimum` is the least tcbEvaluationDataNumber to judge by, 0 for any."""
        self.minimum = minimum
        self.root: KeptList | None = None
        self.authorities: dict[tuple[bytes, bytes], KeptAuthority] = {}
        self.infos: dict[tuple[str, bytes], dict[int, KeptTcbInfo]] = {}
        self.identities: dict[str, dict[int, KeptQeIdentity]] = {}

    def keep(self, case: CollateralCase) -> None:
        """Keep every part of checked collateral that is newer than what is kept.

        Raises Rejection CA_REVOKED or TCB_SIGNER_REVOKED when a newer root list names who issued it.
        """
        root, authority = kept.kept_root_list(case), kept.kept_authority(case)
        if self.root is None or root.is_newer(self.root):
            self.root = root
        root_list = self.root.read()
        require_unrevoked(case, root_list)
        name = (authority.issuer.subject, authority.issuer.public_key)
        if name not in self.authorities or authority.crl.is_newer(self.authorities[name].crl):
            self.authorities[name] = authority
        info, identity = kept.kept_tcb_info(case), kept.kept_qe_identity(case)
        infos = self.infos.setdefault((info.info.kind, info.info.fmspc), {})
        _shelve(infos, info.info.evaluation_number, info, root_list)
        identities = self.identities.setdefault(info.info.kind, {})
        _shelve(identities, identity.identity.evaluation_number, identity, root_list)

    def at(self, now: int) -> Keeper:
        """What is current at `now` (unix seconds)."""
        return _Moment(self, now)


class _Moment(Keeper):
    def __init__(self, memory: MemoryKeeper, now: int) -> None:
        self._memory, self._now = memory, now

    def root_list(self) -> KeptList:
        root = self._memory.root
        if root is None or self._now >= root.valid_until:
            raise CollateralMissing("root CRL")
        return root

    def find_issuer(self, digest: bytes) -> KeptAuthority | None:
        for each in self._memory.authorities.values():
            if each.digest == digest:
                return self._current(each)
        return None

    def find_authority(self, subject: bytes, public_key: bytes) -> KeptAuthority | None:
        return self._current(self._memory.authorities.get((subject, public_key)))

    def tcb_info(self, tee: str, fmspc: bytes) -> KeptTcbInfo:
        return self._lowest(self._memory.infos.get((tee, fmspc), {}), "TCB info")

    def qe_identity(self, tee: str) -> KeptQeIdentity:
        return self._lowest(self._memory.identities.get(tee, {}), "QE identity")

    def _current(self, authority: KeptAuthority | None) -> KeptAuthority | None:
        return None if authority is None or self._now >= authority.crl.valid_until else authority

    def _lowest(self, shelf: dict[int, T], what: str) -> T:
        least = self._memory.minimum
        for number in sorted(shelf):
            if number >= least and self._now < shelf[number].valid_until:
                return shelf[number]
        raise CollateralMissing(f"{what} of evaluation {least} or later")


def _shelve(shelf: dict[int, T], number: int, new: T, root_list: RevocationList) -> None:
    if number not in shelf or new.is_newer(shelf[number], root_list):
        shelf[number] = new
