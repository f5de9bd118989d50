"""Takes one piece of work out of the journal, so that anyone can recompute the hashes in its receipt.

input.bin    sha256 is the receipt's input_hash
output.bin   sha256 is the receipt's output_hash
receipt.bin  the Borsh bytes that were signed
signature.bin, evidence-<name>.bin, work.json (hashes, transactions, how it ended)
"""

import json
import re
from pathlib import Path

from sealwright_agents.errors import JournalError
from sealwright_agents.journal import JournalReader
from sealwright_agents.signer import sha256


def export_item(state_dir: Path, kind: str, number: int, attempt: int | None, folder: Path) -> list[Path]:
    """Write the files and return their paths. Raises JournalError when there is no such work."""
    with JournalReader(state_dir) as reader:
        item = reader.newest(kind, number, attempt)
        if item is None:
            raise JournalError(f"no {kind} {number} in {state_dir}")
        parts: dict[str, bytes | None] = {"input": item.input, "output": item.output}
        parts |= {"receipt": item.receipt, "signature": item.signature}
        for name, kept in reader.evidence(item).items():
            parts["evidence-" + re.sub(r"[^A-Za-z0-9._-]", "_", name)] = kept
        work = {
            "work": item.name,
            "contract_id": item.contract_id,
            "service": item.service,
            "state": item.state,
            "detail": item.detail,
            "sha256": {name: sha256(content).hex() for name, content in parts.items() if content is not None},
            "transactions": reader.transactions(item),
        }
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for name, content in parts.items():
        if content is not None:
            paths.append(folder / f"{name}.bin")
            paths[-1].write_bytes(content)
    paths.append(folder / "work.json")
    paths[-1].write_text(json.dumps(work, indent=1) + "\n")
    return paths
