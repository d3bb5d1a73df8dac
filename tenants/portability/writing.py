"""Writing an archive: whole under its name, or not there at all."""

import hashlib
import os
import secrets
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from tenants.portability import manifest

PART_SUFFIX = ".part"
CHECKSUMS = "checksums.txt"
MANIFEST = "manifest.json"
SCRIPT = "schema.sql"

# Called with the rows written so far.
Progress = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Written:
    """A finished archive: where it lies, how long it is in bytes, the SHA-256 of the whole, and its rows."""

    path: Path
    bytes: int
    sha256: str
    rows: int


class Archive:
    """A zip file that is being written; every entry's SHA-256 goes into checksums.txt."""

    def __init__(self, file: IO[bytes], *, level: int) -> None:
        self._zip = zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=level)
        self._sums: list[tuple[str, str]] = []

    def add(self, name: str, blocks: Iterator[bytes]) -> tuple[int, str]:
        """Write one entry; answers its length in bytes and its SHA-256."""
        digest, length = hashlib.sha256(), 0
        with self._zip.open(name, "w", force_zip64=True) as entry:
            for block in blocks:
                digest.update(block)
                length += len(block)
                entry.write(block)
        self._sums.append((digest.hexdigest(), name))
        return length, digest.hexdigest()

    def add_text(self, name: str, text: str) -> None:
        """Write one entry of UTF-8 text."""
        self.add(name, iter([text.encode()]))

    def finish(self) -> None:
        """The list of checksums, in the form that `sha256sum -c` reads, and the end."""
        lines = "".join(f"{digest}  {name}\n" for digest, name in self._sums)
        self._zip.writestr(CHECKSUMS, lines)
        self._zip.close()


@contextmanager
def under(path: Path) -> Iterator[IO[bytes]]:
    """A file for us alone that takes the name `path` when the block ends well, and is gone when it does not."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.{secrets.token_hex(4)}{PART_SUFFIX}")
    descriptor = os.open(part, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "w+b") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def sha256_of(file: IO[bytes]) -> str:
    """The SHA-256 of a whole file, from its beginning to its end, where it is left."""
    file.seek(0)
    digest = hashlib.sha256()
    while block := file.read(1 << 20):
        digest.update(block)
    return digest.hexdigest()


def add_manifest(archive: Archive, contents: manifest.Manifest) -> None:
    """The manifest, as the last entry but the checksums."""
    archive.add_text(MANIFEST, contents.as_json())
