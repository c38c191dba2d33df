"""Anchors: the number and hash of each authority's last audit entry, written hourly to a file outside the database.

The owner of the database can rewrite a chain from any entry on, or cut its end; the anchors show it. Each line holds
the hash of the line before it, and a signature where a key is set. Keep the folder where the owner of the database
cannot write: another disk, an append-only bucket, or a copy elsewhere.
"""

import fcntl
import hashlib
import hmac
import json
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

ENDING = ".jsonl"


@dataclass(frozen=True, slots=True)
class Anchor:
    """One line of an anchor file: the seal that an authority's chain had at a number, and when."""

    at: str
    number: int
    seal: str


def file_of(folder: Path, authority_id: int) -> Path:
    """Return the path of an authority's anchor file."""
    return folder / f"{authority_id}{ENDING}"


def write_anchor(
    folder: Path, authority_id: int, number: int, seal: bytes, at: datetime, key: bytes | None = None
) -> None:
    """Append a line and sync it to the disk. Several workers may share the folder. Raises OSError."""
    folder.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(file_of(folder, authority_id), os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
    with os.fdopen(descriptor, "r+b") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        written = file.read().splitlines()
        line = {
            "at": at.isoformat(timespec="seconds"),
            "number": number,
            "seal": seal.hex(),
            "before": hashlib.sha256(written[-1]).hexdigest() if written else "",
        }
        if key is not None:
            line["signature"] = _signature(line, authority_id, key)
        file.write(json.dumps(line).encode() + b"\n")
        file.flush()
        os.fsync(file.fileno())


def read_anchors(folder: Path, authority_id: int, key: bytes | None = None) -> tuple[list[Anchor], list[str]]:
    """Return the anchors of an authority, and a list of faults in their file.

    A line that was changed is reported as a fault and is not used as an anchor.
    """
    path = file_of(folder, authority_id)
    if not path.exists():
        return [], []
    anchors, faults, before = [], [], ""
    for place, written in enumerate(path.read_bytes().splitlines(), start=1):
        try:
            line = json.loads(written)
            anchor = Anchor(str(line["at"]), int(line["number"]), str(line["seal"]))
        except (ValueError, KeyError, TypeError):
            faults.append(f"line {place} of {path.name} cannot be read")
        else:
            if line.get("before") != before:
                faults.append(f"line {place} of {path.name} does not follow the line before it")
            elif key is not None and not _signed(line, authority_id, key):
                faults.append(f"line {place} of {path.name} is not signed by us")
            else:
                anchors.append(anchor)
        before = hashlib.sha256(written).hexdigest()
    return anchors, faults


def faults_against(anchors: Iterable[Anchor], seals: Mapping[int, bytes], start: int, head: int) -> list[str]:
    """Return where a chain differs from its anchors: the first changed section, and a missing end.

    `seals` are the current seals at the anchored numbers, `start` the number after which the chain begins.
    """
    good = start
    for anchor in anchors:
        if anchor.number < start or anchor.number == 0:
            continue
        if anchor.number > head:
            return [
                f"number {head + 1}: the chain ends at {head}, but had got to {anchor.number} on {anchor.at}: "
                "its tail has been cut"
            ]
        seal = seals.get(anchor.number)
        if seal is None or seal.hex() != anchor.seal:
            return [
                f"number {good + 1} to {anchor.number}: not what was anchored on {anchor.at}: "
                "entries there have been rewritten"
            ]
        good = anchor.number
    return []


def _signature(line: Mapping[str, object], authority_id: int, key: bytes) -> str:
    signed = f"{authority_id}|{line['at']}|{line['number']}|{line['seal']}|{line['before']}"
    return hmac.new(key, signed.encode(), hashlib.sha256).hexdigest()


def _signed(line: Mapping[str, object], authority_id: int, key: bytes) -> bool:
    return hmac.compare_digest(str(line.get("signature", "")), _signature(line, authority_id, key))
