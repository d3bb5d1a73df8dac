"""What a component accepts, as data: props, slots and the extra attributes it passes on."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from django.template import Context, TemplateSyntaxError

REQUIRED: Final[object] = object()
EXTRA_ATTRIBUTES: Final = ("hx-", "data-", "aria-")

Values = dict[str, Any]
Prepare = Callable[[Values, Context], Mapping[str, Any]]


@dataclass(frozen=True)
class Prop:
    """One accepted prop; without a default it must be given and must not be None."""

    name: str
    default: object = REQUIRED
    choices: frozenset[str] | None = None
    nullable: bool = False

    @property
    def is_required(self) -> bool:
        """Whether leaving it out is an error."""
        return self.default is REQUIRED

    def check(self, component: str, value: object) -> None:
        """Raise TemplateSyntaxError, naming the accepted values, when `value` is none of them."""
        if self.choices is not None and value not in self.choices:
            accepted = ", ".join(repr(choice) for choice in sorted(self.choices))
            msg = f"{component}: {self.name}={value!r} is not one of {accepted}."
            raise TemplateSyntaxError(msg)


@dataclass(frozen=True)
class Component:
    """A component: its tag, its props, and, when it wraps content, its slots.

    `slots=None` is an inline tag; a tuple (even an empty one) is a block tag with `end<name>`.
    A part (`part_of`) shares the stylesheet of the component it belongs to.
    """

    name: str
    props: tuple[Prop, ...] = ()
    slots: tuple[str, ...] | None = None
    positional: str = ""
    takes_attributes: bool = False
    part_of: str = ""
    template: str = ""
    prepare: Prepare | None = None
    by_name: Mapping[str, Prop] = field(init=False, compare=False)

    def __post_init__(self) -> None:
        """Index the props and name the template after the component."""
        object.__setattr__(self, "by_name", {prop.name: prop for prop in self.props})
        if not self.template:
            object.__setattr__(self, "template", f"components/{self.name}.html")

    @property
    def is_block(self) -> bool:
        """Whether the tag wraps content up to its end tag."""
        return self.slots is not None

    @property
    def stylesheet(self) -> str:
        """The name, without suffix, of the CSS file that draws it."""
        return self.part_of or self.name

    def check_prop(self, name: str) -> None:
        """Raise TemplateSyntaxError, naming the accepted props, when `name` is none of them."""
        if name in self.by_name or (self.takes_attributes and name.startswith(EXTRA_ATTRIBUTES)):
            return
        accepted = ", ".join(sorted(self.by_name)) or "no props"
        extra = " and hx-, data-, aria- attributes" if self.takes_attributes else ""
        msg = f"{self.name} has no prop {name!r}; it accepts {accepted}{extra}."
        raise TemplateSyntaxError(msg)

    def check_slot(self, name: str) -> None:
        """Raise TemplateSyntaxError, naming the slots there are, when `name` is none of them."""
        if name not in (self.slots or ()):
            accepted = ", ".join(self.slots or ()) or "none"
            msg = f"{self.name} has no slot {name!r}; its slots: {accepted}."
            raise TemplateSyntaxError(msg)


def tokens(*names: str) -> frozenset[str]:
    """A set of accepted values."""
    return frozenset(names)
