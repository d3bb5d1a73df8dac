"""What goes into an archive and what stays behind, with the reason. The lists are settings: config knows all tables."""

from dataclasses import dataclass
from enum import StrEnum

from django.conf import settings


class Contents(StrEnum):
    """Whose archive it is."""

    TAKEOUT = "takeout"  # the owner's: everything but secrets
    BACKUP = "backup"  # the operator's: everything


@dataclass(frozen=True, slots=True)
class Policy:
    """`left_out`: table -> why. `replaced`: (table, column) -> (SQL expression written instead, why)."""

    left_out: dict[str, str]
    replaced: dict[tuple[str, str], tuple[str, str]]

    def reasons(self) -> list[dict[str, str]]:
        """What the reader of an archive is told about what is not in it."""
        tables = [{"what": name, "why": why} for name, why in sorted(self.left_out.items())]
        columns = [
            {"what": f"{table}.{column}", "why": why}
            for (table, column), (_expression, why) in sorted(self.replaced.items())
        ]
        return tables + columns


def of(contents: Contents) -> Policy:
    """The policy of a kind of archive."""
    structure = dict(settings.ARCHIVE_STRUCTURE)
    if contents == Contents.BACKUP:
        return Policy(left_out=structure, replaced={})
    replaced = {}
    for name, value in settings.TAKEOUT_REPLACES.items():
        table, _dot, column = name.partition(".")
        replaced[table, column] = value
    return Policy(left_out={**structure, **settings.TAKEOUT_LEAVES_OUT}, replaced=replaced)
