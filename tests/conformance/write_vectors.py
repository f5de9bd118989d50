"""Writes tests/conformance/vectors/*.json; run it when a vector is added, never to make a test pass.

    python tests/conformance/write_vectors.py

The bytes come from `independent`, not from the package that the vectors check.
"""

import hashlib
import json
from pathlib import Path
from typing import Any

from tests.conformance import independent

FOLDER = Path(__file__).parent / "vectors"
NODE = "node-7.operator.near"


def digest(label: str, size: int = 32) -> str:
    """Bytes that no field shares, as hex."""
    return hashlib.shake_128(label.encode()).hexdigest(size)


def binding(**changes: str) -> dict[str, Any]:
    fields = {"network": "mainnet", "registry": "registry.near", "node_id": NODE}
    keys = {"signing_key": digest("sign"), "encryption_key": digest("encrypt"), "tls_spki_hash": "00" * 32}
    return {**fields, **keys, **changes}


def receipt(**changes: Any) -> dict[str, Any]:
    fields: dict[str, Any] = {
        "network": "mainnet",
        "contract": "market.near",
        "instance": digest("instance"),
        "task_id": "7",
    }
    fields |= {"attempt": 1, "input_hash": digest("input"), "output_hash": digest("output")}
    return {**fields, "measurement_id": digest("measurement"), "node_id": NODE, **changes}


TD10 = {
    "tee_tcb_svn": 16,
    "mr_seam": 48,
    "mr_signer_seam": 48,
    "seam_attributes": 8,
    "td_attributes": 8,
    "xfam": 8,
}
TD10 |= dict.fromkeys(
    ["mr_td", "mr_config_id", "mr_owner", "mr_owner_config", "rt_mr0", "rt_mr1", "rt_mr2"], 48
)
TD10 |= {"rt_mr3": 48, "report_data": 64}
TD15 = {**TD10, "tee_tcb_svn2": 16, "mr_service_td": 48}


def td_report(sizes: dict[str, int]) -> dict[str, str]:
    return {name: digest(name, size) for name, size in sizes.items()}


def sgx_report() -> dict[str, Any]:
    return {
        "cpu_svn": digest("cpu_svn", 16),
        "misc_select": 1,
        "reserved1": "00" * 28,
        "attributes": digest("attributes", 16),
        "mr_enclave": digest("mr_enclave"),
        "reserved2": "00" * 32,
        "mr_signer": digest("mr_signer"),
        "reserved3": "00" * 96,
        "isv_prod_id": 258,
        "isv_svn": 65535,
        "reserved4": "00" * 60,
        "report_data": digest("report_data", 64),
    }


def verified(report_type: str, report: dict[str, Any], status: str = "UpToDate") -> dict[str, Any]:
    advisories = [] if status == "UpToDate" else ["INTEL-SA-00614", "INTEL-SA-00615"]
    standing = {"status": status, "advisory_ids": advisories}
    fields: dict[str, Any] = {"status": status, "advisory_ids": advisories, "report_type": report_type}
    fields |= {"report": report, "ppid": digest("ppid", 16), "platform_status": standing}
    return {**fields, "qe_status": {"status": "UpToDate", "advisory_ids": []}}


def collateral(chain: str | None) -> dict[str, Any]:
    return {
        "pck_crl_issuer_chain": "<PCK CRL issuer chain>",
        "root_ca_crl": digest("root_ca_crl", 5),
        "pck_crl": digest("pck_crl", 6),
        "tcb_info_issuer_chain": "<TCB info issuer chain>",
        "tcb_info": "<TCB info>",
        "tcb_info_signature": digest("tcb_info_signature", 64),
        "qe_identity_issuer_chain": "<QE identity issuer chain>",
        "qe_identity": "<QE identity>",
        "qe_identity_signature": digest("qe_identity_signature", 64),
        "pck_certificate_chain": chain,
    }


WIRE = [
    ("binding of a node on mainnet", "NodeBinding", binding()),
    ("binding with a TLS key", "NodeBinding", binding(tls_spki_hash=digest("tls"))),
    ("receipt of a market task", "ResultReceipt", receipt()),
    ("receipt with the largest numbers", "ResultReceipt", receipt(task_id=str(2**64 - 1), attempt=2**32 - 1)),
    ("receipt with text beyond ASCII", "ResultReceipt", receipt(network="tëst-日本")),
    (
        "measurement",
        "Measurement",
        {**{n: digest(n, 48) for n in ("mrtd", "rtmr0", "rtmr1", "rtmr2")}, "compose_hash": digest("app")},
    ),
    ("report data", "report_data", {"binding": binding(), "challenge": digest("challenge")}),
    (
        "verify_quote arguments without a chain",
        "verify_quote arguments",
        {"quote": digest("quote", 9), "collateral": collateral(None)},
    ),
    (
        "verify_quote arguments with a chain",
        "verify_quote arguments",
        {"quote": "", "collateral": collateral("<chain>")},
    ),
    ("rejected", "VerificationResult", {"rejected": "TCB info expired"}),
    ("verified TD 1.0", "VerificationResult", verified("Td10Report", td_report(TD10))),
    (
        "verified TD 1.5, out of date",
        "VerificationResult",
        verified("Td15Report", td_report(TD15), "OutOfDate"),
    ),
    ("verified SGX, revoked", "VerificationResult", verified("SgxReport", sgx_report(), "Revoked")),
]


def main() -> None:
    vectors = []
    for name, kind, fields in WIRE:
        packed = independent.ENCODERS[kind](fields)
        sha256 = hashlib.sha256(packed).hexdigest()
        vectors.append(
            {"name": name, "type": kind, "fields": fields, "bytes": packed.hex(), "sha256": sha256}
        )
    write("wire", "What enclaves sign and quote, and what verifiers take and give.", vectors)


def write(suite: str, about: str, vectors: list[dict[str, Any]]) -> None:
    document = {
        "$schema": f"../schemas/{suite}.schema.json",
        "suite": suite,
        "about": about,
        "vectors": vectors,
    }
    (FOLDER / f"{suite}.json").write_text(json.dumps(document, indent=1, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
