"""The client: everything that a quote's verdict rests on, from one service, through the cache."""

from collections.abc import Callable
from functools import partial
from typing import Protocol, TypeVar

from tee_attestation_verifier.intel.certification import PCK_CERTIFICATE
from tee_attestation_verifier.intel.collateral import Collateral, as_bytes
from tee_attestation_verifier.intel.quote import parse_quote
from tee_attestation_verifier.offchain.pcs.answers import Received, receive
from tee_attestation_verifier.offchain.pcs.cache import Cache, Kept
from tee_attestation_verifier.offchain.pcs.closing import Closing
from tee_attestation_verifier.offchain.pcs.errors import PcsError
from tee_attestation_verifier.offchain.pcs.https import HttpsReader
from tee_attestation_verifier.offchain.pcs.platform import PlatformId, pck_query, platform_of_quote
from tee_attestation_verifier.offchain.pcs.reading import (
    EvaluationNumbers,
    read_numbers,
    read_pck_chain,
    read_pck_crl,
    read_qe_identity,
    read_root_crl,
    read_tcb_info,
)
from tee_attestation_verifier.offchain.pcs.services import STANDARD, Evaluation, Place, Service

DAY = 86_400


class _Dated(Protocol):
    @property
    def valid_from(self) -> int: ...
    @property
    def valid_until(self) -> int: ...


T = TypeVar("T", bound=_Dated)


class PcsClient(Closing):
    """Fetches collateral from a service; close it, or use it as a context.

    What the cache holds is used for `max_age_s` after it was fetched, so that revocations and new evaluations
    arrive; after that it is used only while the service cannot be reached, and never past its window.
    """

    def __init__(
        self,
        service: Service,
        reader: HttpsReader | None = None,
        cache: Cache | None = None,
        max_age_s: int = DAY,
    ) -> None:
        """Without a cache every item is fetched every time."""
        self.service, self._reader, self._cache = service, reader or HttpsReader(), cache
        self._max_age_s = max_age_s

    def for_quote(self, quote: bytes, now: int, evaluation: Evaluation = STANDARD) -> Collateral:
        """Collateral of the platform that the quote comes from, valid at `now` (unix seconds).

        A PCK chain that the quote lacks is fetched too. Raises PcsError, and Rejection when the quote itself, or
        the PCK chain in it, cannot be read.
        """
        query, chain = pck_query(quote), None
        if query is not None:
            chain = self._item(self.service.pck_certificate(query), now, read_pck_chain).content
        collateral = self.collateral(platform_of_quote(quote, chain), now, evaluation)
        collateral.pck_certificate_chain = chain.decode() if chain else _completed(quote, collateral)
        return collateral

    def collateral(self, platform: PlatformId, now: int, evaluation: Evaluation = STANDARD) -> Collateral:
        """Collateral of a platform, valid at `now` (unix seconds); its signatures are not verified here.

        Raises PcsError.
        """
        service, tee = self.service, platform.tee
        root_crl = self._item(service.root_crl(tee), now, read_root_crl)
        pck_crl = self._item(service.pck_crl(platform), now, partial(read_pck_crl, platform=platform))
        info = self._item(
            service.tcb_info(platform, evaluation),
            now,
            partial(read_tcb_info, platform=platform, evaluation=evaluation),
        )
        identity = self._item(
            service.qe_identity(tee, evaluation),
            now,
            partial(read_qe_identity, tee=tee, evaluation=evaluation),
        )
        return Collateral(
            pck_crl_issuer_chain=pck_crl.chain,
            root_ca_crl=root_crl.content,
            pck_crl=pck_crl.content,
            tcb_info_issuer_chain=info.chain,
            tcb_info=info.content.decode(),
            tcb_info_signature=info.signature,
            qe_identity_issuer_chain=identity.chain,
            qe_identity=identity.content.decode(),
            qe_identity_signature=identity.signature,
        )

    def evaluation_numbers(self, tee: str, now: int) -> EvaluationNumbers:
        """Which evaluations the service offers for "SGX" or "TDX". Raises PcsError."""
        return self._item(self.service.evaluation_numbers(tee), now, partial(read_numbers, tee=tee))

    def close(self) -> None:
        """Close the connections."""
        self._reader.close()

    def _item(self, place: Place, now: int, read: Callable[[Received], T]) -> T:
        kept = self._cache.find(place.url, now) if self._cache else None
        if kept and 0 <= now - kept.fetched_at < self._max_age_s:
            return read(kept.received)
        try:
            return self._fetch(place, now, read)
        except PcsError as failure:
            if kept is None or not failure.is_temporary:
                raise
            return read(kept.received)

    def _fetch(self, place: Place, now: int, read: Callable[[Received], T]) -> T:
        received = receive(self._reader.get(place.url, place.most), place)
        piece = read(received)
        if not piece.valid_from <= now < piece.valid_until:
            text = f"valid from {piece.valid_from} until {piece.valid_until}, asked for at {now}"
            raise PcsError("PCS_OUT_OF_WINDOW", text, place.url)
        if self._cache:
            self._cache.put(Kept(received, now, piece.valid_from, piece.valid_until))
        return piece


def _completed(encoding: bytes, collateral: Collateral) -> str | None:
    """The chain of a quote that holds its PCK certificate alone (type 4): the list's issuers are the certificate's."""
    quote = parse_quote(encoding)
    if quote.certification_type != PCK_CERTIFICATE:
        return None
    leaf = quote.certification_data.rstrip(b"\0")
    return (leaf + b"\n" + as_bytes(collateral.pck_crl_issuer_chain)).decode()
