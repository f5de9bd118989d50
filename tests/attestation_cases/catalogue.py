"""All cases, by name."""

from __future__ import annotations

from tests.attestation_cases import certificates, chains, documents, genuine, lists, platforms, quotes, texts
from tests.attestation_cases.case import Case

GENUINE: tuple[Case, ...] = (*genuine.FORMATS, *genuine.STATUSES, *genuine.RELAUNCHES)
REFUSED: tuple[Case, ...] = (
    *certificates.ROOTS,
    *quotes.QUOTES,
    *chains.CHAINS,
    *certificates.CERTIFICATES,
    *lists.LISTS,
    *texts.TEXTS,
    *texts.SIGNATURES,
    *documents.TCB_INFO,
    *documents.QE_IDENTITY,
    *platforms.PCK_EXTENSION,
    *platforms.QE_REPORT,
    *platforms.SVNS,
    *platforms.ATTRIBUTES,
)
CASES: dict[str, Case] = {each.name: each for each in (*GENUINE, *REFUSED)}
