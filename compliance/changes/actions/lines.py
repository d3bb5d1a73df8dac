"""What the engine found for one person, as it is written down."""

from typing import Any

from compliance.core.change import Line

PAIRS = ("due", "opens", "next_due", "until")


def columns(line: Line, *more: str) -> dict[str, Any]:
    """The columns of `models_lines.Effects`, and those of `more` dates before and after."""
    values: dict[str, Any] = {"effect": line.effect.value, "starts_on": line.starts_on}
    for name in (*PAIRS, *more):
        values[f"{name}_from"], values[f"{name}_to"] = getattr(line, name)
    return values
