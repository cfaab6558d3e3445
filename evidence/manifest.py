"""Sealed evidence: a manifest with the digest of every file, chained, and each run chained to the last.

A link of the chain is SHA-256 over the link before it, the file's name, size and digest; the manifest's
`head` is the last link. A run's first link starts from the head of the run before it (`previous`), so a
run that is changed or taken away later is found out by the one that follows. Who notes a head elsewhere
can prove the whole folder; nothing here can stop who rewrites everything *and* all noted heads.
"""

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

MANIFEST = "manifest.json"
GENESIS = "0" * 64
"""What the first run follows."""


class EvidenceError(ValueError):
    """A folder holds no evidence that could be verified; the message names it."""


def seal(folder: Path, *, previous: str = GENESIS) -> str:
    """Write the manifest of all files of *folder*, which follows the head *previous*; returns its head."""
    files, link = [], previous
    for _, path in sorted(_files(folder).items()):
        entry = _entry(folder, path)
        link = _chained(link, entry)
        files.append({**entry, "chain": link})
    manifest = {"schema": "2", "algorithm": "sha256", "previous": previous, "files": files, "head": link}
    (folder / MANIFEST).write_text(json.dumps(manifest, indent=2) + "\n")
    return link


def head(folder: Path) -> str:
    """The head of a sealed folder. Raises EvidenceError."""
    return str(_manifest(folder)["head"])


def verify(folder: Path) -> list[str]:
    """What is wrong with *folder*: one run, or a folder of runs in the order of their names; empty is sound.

    Raises EvidenceError when there is nothing to verify.
    """
    if (folder / MANIFEST).exists():
        return _verify_run(folder)
    runs = sorted(path.parent for path in folder.glob(f"*/{MANIFEST}") if not path.parent.is_symlink())
    if not runs:
        raise EvidenceError(f"{folder} holds no {MANIFEST}, and neither does a folder in it")
    problems = [f"{run.name}: {problem}" for run in runs for problem in _verify_run(run)]
    follows = GENESIS
    for run in runs:
        manifest = _manifest(run)
        if manifest["previous"] != follows:
            problems.append(f"{run.name} does not follow the run before it: one was changed or removed")
        follows = str(manifest["head"])
    return problems


def _verify_run(folder: Path) -> list[str]:
    manifest = _manifest(folder)
    sealed = {str(entry["name"]): entry for entry in manifest["files"]}
    found = _files(folder)
    problems = [f"{name} was removed" for name in sorted(sealed.keys() - found.keys())]
    problems += [f"{name} was added" for name in sorted(found.keys() - sealed.keys())]
    problems += [
        f"{name} was changed"
        for name in sorted(sealed.keys() & found.keys())
        if _entry(folder, found[name])["sha256"] != sealed[name]["sha256"]
    ]
    link = str(manifest["previous"])
    for entry in manifest["files"]:
        link = _chained(link, entry)
        if link != entry["chain"]:
            return [*problems, f"the chain breaks at {entry['name']}: the manifest was changed"]
    if link != manifest["head"]:
        problems.append("the head is not the end of the chain: the manifest was changed")
    return problems


def _files(folder: Path) -> dict[str, Path]:
    """Every file below *folder* by its name in the manifest, which is left out itself."""
    files = (path for path in folder.rglob("*") if path.is_file() and path != folder / MANIFEST)
    return {path.relative_to(folder).as_posix(): path for path in files}


def _entry(folder: Path, path: Path) -> dict[str, Any]:
    content = path.read_bytes()
    name = path.relative_to(folder).as_posix()
    return {"name": name, "bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}


def _chained(link: str, entry: Mapping[str, Any]) -> str:
    line = json.dumps([link, entry["name"], entry["bytes"], entry["sha256"]])
    return hashlib.sha256(line.encode()).hexdigest()


def _manifest(folder: Path) -> dict[str, Any]:
    try:
        manifest: dict[str, Any] = json.loads((folder / MANIFEST).read_text())
        known = {"schema", "algorithm", "previous", "files", "head"}
        if manifest.keys() != known or manifest["schema"] != "2":
            raise EvidenceError(f"{folder / MANIFEST} is no manifest of schema 2")
        for entry in manifest["files"]:
            _chained(entry["chain"], entry)
    except (OSError, json.JSONDecodeError, AttributeError, KeyError, TypeError) as error:
        raise EvidenceError(f"{folder / MANIFEST} cannot be read: {type(error).__name__}: {error}") from error
    return manifest
