"""All cases, by name."""

from __future__ import annotations

from tests.attestation_cases import (
    certificates,
    certification,
    chains,
    documents,
    genuine,
    kept,
    lists,
    platforms,
    quotes,
    texts,
)
from tests.attestation_cases.case import Case

GENUINE: tuple[Case, ...] = (
    *genuine.FORMATS,
    *genuine.STATUSES,
    *genuine.DATES,
    *genuine.RELAUNCHES,
    *(case for case in certification.CERTIFICATION if not case.code),
    *(case for case in kept.KEPT if not case.code),
)
REFUSED: tuple[Case, ...] = (
    *certificates.ROOTS,
    *quotes.QUOTES,
    *(case for case in certification.CERTIFICATION if case.code),
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
    *(case for case in kept.KEPT if case.code),
)
CASES: dict[str, Case] = {each.name: each for each in (*GENUINE, *REFUSED)}
