"""What an audit finds, and what it knows before it looks."""

from dataclasses import asdict, dataclass

from tenants.context import HOME


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is not as it should be, as a sentence for the operator."""

    check: str
    schema: str
    sentence: str

    def as_json(self) -> dict[str, str]:
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Ground:
    """One database: the schemas that tenants work in, and those that somebody else has a claim to."""

    tenants: frozenset[str]
    claimed: frozenset[str] = frozenset()
    cell: str = HOME

    @property
    def schemas(self) -> list[str]:
        """Those whose structure must be the same."""
        return sorted(self.tenants)
