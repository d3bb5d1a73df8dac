"""The page of an archive that says what is in it; read with suspicion, because anybody can write one."""

import datetime as dt
import json
import re
from dataclasses import asdict, dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from tenants.portability.policy import Contents
from tenants.transfer.layout import Table

FORMAT = "duly-archive"
VERSION = 1
MOST_BYTES = 5_000_000

_NAME = re.compile(r"[a-z][a-z0-9_]{0,62}")
_SHA256 = re.compile(r"[0-9a-f]{64}")


class BadArchive(Exception):
    """The archive cannot be used. The message is a sentence that says why; nothing was changed."""


@dataclass(frozen=True, slots=True)
class Part:
    """One table's file. `bytes` and `sha256` are of the file as unpacked."""

    table: str
    columns: tuple[str, ...]
    types: tuple[str, ...]
    rows: int
    bytes: int
    sha256: str

    @property
    def path(self) -> str:
        """Where it lies in the archive."""
        return f"tables/{self.table}.csv"

    def as_table(self, key: tuple[str, ...] = ()) -> Table:
        """The table its rows come from and go into, with the primary key that orders them."""
        return Table(self.table, self.columns, self.types, key)


@dataclass(frozen=True, slots=True)
class Manifest:
    """What an archive holds, of whom, as of when.

    `fingerprint` names the release's schema, `migrations` the ones that schema had seen. `sequences` is the last
    number each gave out, so that none is given out twice.
    """

    contents: Contents
    tenant: dict[str, str]
    fingerprint: str
    migrations: int
    taken_at: dt.datetime
    lsn: str
    postgresql: str
    parts: tuple[Part, ...]
    sequences: dict[str, int]
    left_out: list[dict[str, str]] = field(default_factory=list)
    files: list[dict[str, Any]] = field(default_factory=list)

    @property
    def rows(self) -> int:
        """Rows of all tables together."""
        return sum(part.rows for part in self.parts)

    def as_json(self) -> str:
        """The text of manifest.json."""
        facts: dict[str, Any] = {
            "format": FORMAT,
            "format_version": VERSION,
            "contents": str(self.contents),
            "tenant": self.tenant,
            "release": {"fingerprint": self.fingerprint, "migrations": self.migrations},
            "snapshot": {
                "taken_at": self.taken_at.astimezone(dt.UTC).isoformat(),
                "lsn": self.lsn,
                "postgresql": self.postgresql,
            },
            "tables": [{**asdict(part), "file": part.path} for part in self.parts],
            "sequences": self.sequences,
            "files": self.files,
            "left_out": self.left_out,
        }
        return json.dumps(facts, indent=1, ensure_ascii=False) + "\n"


def parse(content: bytes) -> Manifest:
    """The manifest in `content`. Raises BadArchive for anything that this release did not or could not write."""
    try:
        facts = json.loads(content.decode("utf-8"))
        _refuse_another_format(facts)
        return _manifest(facts)
    except BadArchive:
        raise
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise BadArchive(_("The manifest of the archive is damaged. Nothing was changed.")) from error


def _refuse_another_format(facts: dict[str, Any]) -> None:
    if facts["format"] != FORMAT:
        raise BadArchive(_("This is not an archive of Duly: its manifest names another format."))
    if facts["format_version"] != VERSION:
        raise BadArchive(
            _("The archive has format version %(found)s; this release reads version %(known)s.")
            % {"found": facts["format_version"], "known": VERSION}
        )


def _manifest(facts: dict[str, Any]) -> Manifest:
    tenant = {str(name): _text(value) for name, value in facts["tenant"].items()}
    if missing := {"public_id", "name", "time_zone", "locale"} - set(tenant):
        raise KeyError(missing)
    parts = tuple(_part(each) for each in facts["tables"])
    if len({part.table for part in parts}) != len(parts):
        raise BadArchive(_("The manifest names a table twice. Nothing was changed."))
    return Manifest(
        contents=Contents(facts["contents"]),
        tenant=tenant,
        fingerprint=_match(_SHA256, facts["release"]["fingerprint"]),
        migrations=_number(facts["release"]["migrations"]),
        taken_at=_moment(facts["snapshot"]["taken_at"]),
        lsn=_text(facts["snapshot"]["lsn"]),
        postgresql=_text(facts["snapshot"]["postgresql"]),
        parts=parts,
        sequences={_match(_NAME, name): _number(last) for name, last in facts["sequences"].items()},
        left_out=list(facts["left_out"]),
        files=list(facts["files"]),
    )


def _part(facts: dict[str, Any]) -> Part:
    columns = tuple(_match(_NAME, name) for name in facts["columns"])
    if not columns or len(set(columns)) != len(columns):
        raise ValueError(columns)
    return Part(
        table=_match(_NAME, facts["table"]),
        columns=columns,
        types=tuple(_text(name) for name in facts["types"]),
        rows=_number(facts["rows"]),
        bytes=_number(facts["bytes"]),
        sha256=_match(_SHA256, facts["sha256"]),
    )


def _match(pattern: re.Pattern[str], value: Any) -> str:
    if not isinstance(value, str) or pattern.fullmatch(value) is None:
        raise ValueError(value)
    return value


def _text(value: Any) -> str:
    if not isinstance(value, str) or "\x00" in value or len(value) > 500:
        raise ValueError(value)
    return value


def _number(value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < 2**63:
        raise ValueError(value)
    return value


def _moment(value: Any) -> dt.datetime:
    moment = dt.datetime.fromisoformat(_text(value))
    if moment.tzinfo is None:
        raise ValueError(value)
    return moment.astimezone(dt.UTC)
