"""Reading an archive that anybody may have made: every name, length and checksum is looked at before a row is."""

import hashlib
import re
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path

from django.utils.translation import gettext as _

from tenants.portability import manifest
from tenants.portability.manifest import BadArchive, Manifest, Part
from tenants.portability.writing import CHECKSUMS, MANIFEST, SCRIPT

# Unpacked, all entries together. A university of 50,000 people is about a tenth of it.
MOST_BYTES = 20 * 1024**3
# Text packs 5 to 30 times; a thousand times is what an attack looks like.
MOST_RATIO, RATIO_FROM = 250, 10_000_000
_BLOCK = 1 << 18
_SCHEMA_NAME = re.compile(rb"(?<![a-z0-9_])t_[a-z2-7]{12}(?![a-z0-9_])")
_TEXTS = {CHECKSUMS, MANIFEST, SCRIPT, "README.md", "data-dictionary.md"}


class Package:
    """An archive that is open for reading. `path` is where it lies."""

    def __init__(self, path: Path) -> None:
        """Open it and read its manifest. Raises BadArchive."""
        self.path = path
        try:
            self._zip = zipfile.ZipFile(path)
        except FileNotFoundError:
            raise BadArchive(_("There is no file %(path)s.") % {"path": path}) from None
        except IsADirectoryError:
            raise BadArchive(_("%(path)s is a folder, not an archive.") % {"path": path}) from None
        except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
            raise BadArchive(
                _("%(path)s is not a whole zip file: it was cut off or damaged on its way.") % {"path": path}
            ) from error
        self._entries = self._checked_entries()
        self.manifest: Manifest = manifest.parse(self._whole(MANIFEST, manifest.MOST_BYTES))
        self._refuse_strangers()

    def close(self) -> None:
        """Let go of the file."""
        self._zip.close()

    def verify(self, *, foreign_schemas: frozenset[bytes] = frozenset()) -> None:
        """Read everything once and compare it with its checksums.

        `foreign_schemas` are names of other tenants' schemas that no row may hold. Raises BadArchive.
        """
        for digest, name in self._listed():
            actual = hashlib.sha256()
            tail = b""
            for block in self._blocks(name):
                actual.update(block)
                if foreign_schemas:
                    tail = self._refuse_foreign(name, tail + block, foreign_schemas)
            if actual.hexdigest() != digest:
                raise BadArchive(
                    _("%(name)s is not what its checksum says. Nothing was changed; get the file again.")
                    % {"name": name}
                )
        sums = {name: digest for digest, name in self._listed()}
        for part in self.manifest.parts:
            if sums[part.path] != part.sha256:
                raise BadArchive(
                    _("The manifest and the checksums disagree about %(name)s.") % {"name": part.path}
                )

    def rows_of(self, part: Part) -> Iterator[bytes]:
        """One table's file in blocks. Raises BadArchive when it is longer or shorter than the manifest says."""
        length = 0
        for block in self._blocks(part.path):
            length += len(block)
            yield block
        if length != part.bytes:
            raise BadArchive(_("%(name)s has another length than the manifest says.") % {"name": part.path})

    def script(self) -> str | None:
        """The script that makes the schema; only backups have one."""
        return self._whole(SCRIPT, 50_000_000).decode() if SCRIPT in self._entries else None

    def _checked_entries(self) -> dict[str, zipfile.ZipInfo]:
        entries: dict[str, zipfile.ZipInfo] = {}
        total = 0
        for info in self._zip.infolist():
            _refuse_name(info, entries)
            if info.flag_bits & 0x1:
                raise BadArchive(_("The archive is locked with a password. Unlock it first."))
            if info.file_size > RATIO_FROM and info.file_size > MOST_RATIO * max(info.compress_size, 1):
                raise BadArchive(
                    _("%(name)s unpacks to %(times)d times its size, which no archive of ours does.")
                    % {"name": info.filename, "times": info.file_size // max(info.compress_size, 1)}
                )
            total += info.file_size
            entries[info.filename] = info
        if total > MOST_BYTES:
            raise BadArchive(_("The archive unpacks to more than 20 GB. It is not read."))
        for name in (MANIFEST, CHECKSUMS):
            if name not in entries:
                raise BadArchive(_("This is not an archive of Duly: it has no %(name)s.") % {"name": name})
        return entries

    def _refuse_strangers(self) -> None:
        tables = {part.path for part in self.manifest.parts}
        files = {str(each.get("file", "")) for each in self.manifest.files if isinstance(each, dict)}
        expected = tables | files | _TEXTS
        for name in self._entries:
            if name not in expected:
                raise BadArchive(
                    _("The archive holds %(name)s, which its manifest does not name.") % {"name": name[:120]}
                )
        for name in sorted((tables | files) - set(self._entries)):
            raise BadArchive(
                _("The archive lacks %(name)s, which its manifest names.") % {"name": name[:120]}
            )

    def _listed(self) -> list[tuple[str, str]]:
        """The lines of checksums.txt: every entry but itself, once. Raises BadArchive."""
        try:
            lines = self._whole(CHECKSUMS, manifest.MOST_BYTES).decode().splitlines()
            pairs = [(line[:64], line[66:]) for line in lines]
        except UnicodeDecodeError:
            pairs = []
        if {name for _digest, name in pairs} != set(self._entries) - {CHECKSUMS}:
            raise BadArchive(_("checksums.txt does not list exactly what is in the archive."))
        return pairs

    def _refuse_foreign(self, name: str, seen: bytes, foreign: frozenset[bytes]) -> bytes:
        if any(found in foreign for found in _SCHEMA_NAME.findall(seen)):
            raise BadArchive(
                _("%(name)s holds rows that name another tenant. Nothing was changed.") % {"name": name}
            )
        return seen[-16:]

    def _blocks(self, name: str) -> Iterator[bytes]:
        info = self._entries[name]
        left = info.file_size
        try:
            with self._zip.open(info) as entry:
                while block := entry.read(_BLOCK):
                    left -= len(block)
                    if left < 0:
                        raise BadArchive(_("%(name)s is longer than it says.") % {"name": name})
                    yield block
        except (
            zipfile.BadZipFile,
            zlib.error,
            EOFError,
            OSError,
            NotImplementedError,
            RuntimeError,
        ) as error:
            raise BadArchive(
                _("%(name)s cannot be unpacked: the file was cut off or damaged on its way.") % {"name": name}
            ) from error

    def _whole(self, name: str, most: int) -> bytes:
        if self._entries[name].file_size > most:
            raise BadArchive(_("%(name)s is too long to be one of ours.") % {"name": name})
        return b"".join(self._blocks(name))


def _refuse_name(info: zipfile.ZipInfo, known: dict[str, zipfile.ZipInfo]) -> None:
    name = info.filename
    parts = name.split("/")
    if name in known:
        raise BadArchive(_("The archive holds %(name)s twice.") % {"name": name[:120]})
    if name.startswith("/") or "\\" in name or ":" in name or {"", ".", ".."} & set(parts):
        raise BadArchive(
            _("The archive holds a file named %(name)s, which would lie outside it.")
            % {"name": repr(name[:120])}
        )
