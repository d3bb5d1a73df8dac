"""The compiler behind every component tag: strict when the template is parsed, isolated when it is drawn."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from django.forms.utils import flatatt
from django.template import Context, Node, NodeList, TemplateSyntaxError, Variable
from django.template.base import FilterExpression, Parser, Token
from django.utils.safestring import SafeString, mark_safe

from lms.ui.props import EXTRA_ATTRIBUTES, REQUIRED, Component

KEYWORD = re.compile(r"^([A-Za-z][\w-]*)=(.+)$", re.DOTALL)

Compile = Callable[[Parser, Token], Node]


class SlotNode(Node):
    """Content named for one slot of the component directly around it."""

    def __init__(self, name: str, nodelist: NodeList) -> None:
        self.name = name
        self.nodelist = nodelist

    def render(self, context: Context) -> SafeString:
        """Refuse: a slot that nobody collected stands in the wrong place."""
        msg = f"slot {self.name!r} must stand directly inside a component (put conditions inside the slot)."
        raise TemplateSyntaxError(msg)


class ComponentNode(Node):
    """One use of a component in a template."""

    child_nodelists = ("nodelist",)

    def __init__(
        self, component: Component, arguments: dict[str, FilterExpression], nodelist: NodeList
    ) -> None:
        self.component = component
        self.arguments = arguments
        self.slots: dict[str, NodeList] = {}
        content: list[Node] = []
        for node in nodelist:
            if isinstance(node, SlotNode):
                component.check_slot(node.name)
                self.slots[node.name] = node.nodelist
            else:
                content.append(node)
        self.content = NodeList(content)
        self.nodelist = nodelist

    def render(self, context: Context) -> SafeString:
        """Draw the component's template with its props and slots, and nothing else of the page's context."""
        values, attributes = self._resolve(context)
        values["attributes"] = attributes
        if self.component.prepare is not None:
            values.update(self.component.prepare(values, context))
        if self.component.is_block:
            values["content"] = mark_safe(self.content.render(context).strip())  # noqa: S308 (rendered by the engine)
            drawn = {name: mark_safe(nodes.render(context).strip()) for name, nodes in self.slots.items()}  # noqa: S308
            values["slot"] = drawn
        values["attrs"] = flatatt(attributes)
        values["request"] = context.get("request")
        inner = context.new(values)
        inner["csrf_token"] = context.get("csrf_token")
        template = context.template.engine.get_template(self.component.template)  # type: ignore[union-attr]
        return mark_safe(template.render(inner).strip())  # noqa: S308

    def _resolve(self, context: Context) -> tuple[dict[str, Any], dict[str, Any]]:
        values: dict[str, Any] = {}
        attributes: dict[str, Any] = {}
        for name, expression in self.arguments.items():
            # A missing variable is None here, so that a required prop can complain about it.
            value = expression.resolve(context, ignore_failures=not expression.filters)
            if name in self.component.by_name:
                values[name] = value
            elif value not in (None, False):
                attributes[name] = value
        for prop in self.component.props:
            value = values.get(prop.name)
            if value is None:
                values[prop.name] = value = None if prop.default is REQUIRED else prop.default
            if value is None and not prop.nullable and prop.is_required:
                msg = f"{self.component.name}: {prop.name} is None or undefined."
                raise TemplateSyntaxError(msg)
            prop.check(self.component.name, value)
        return values, attributes


def compiler(component: Component) -> Compile:
    """The function Django calls when its parser meets the component's tag."""

    def compile_tag(parser: Parser, token: Token) -> Node:
        arguments = parse_arguments(component, parser, token)
        nodelist = NodeList()
        if component.is_block:
            nodelist = parser.parse((f"end{component.name}",))
            parser.delete_first_token()
        return ComponentNode(component, arguments, nodelist)

    compile_tag.__name__ = component.name
    return compile_tag


def parse_arguments(component: Component, parser: Parser, token: Token) -> dict[str, FilterExpression]:
    """Read `name=value` pairs; TemplateSyntaxError for an unknown, doubled, missing or plainly wrong one."""
    arguments: dict[str, FilterExpression] = {}
    for bit in token.split_contents()[1:]:
        match = KEYWORD.match(bit)
        if match:
            name, source = match.groups()
        elif component.positional and component.positional not in arguments:
            name, source = component.positional, bit
        else:
            msg = f"{component.name}: {bit!r} is not name=value."
            raise TemplateSyntaxError(msg)
        component.check_prop(name)
        if name in arguments:
            msg = f"{component.name}: {name} is given twice."
            raise TemplateSyntaxError(msg)
        arguments[name] = expression = parser.compile_filter(source)
        check_literal(component, name, expression)
    missing = [prop.name for prop in component.props if prop.is_required and prop.name not in arguments]
    if missing:
        msg = f"{component.name} needs {', '.join(missing)}."
        raise TemplateSyntaxError(msg)
    return arguments


def check_literal(component: Component, name: str, expression: FilterExpression) -> None:
    """Check a value that is written out in the template while the template is parsed."""
    is_literal = not isinstance(expression.var, Variable) and not expression.filters
    if is_literal and not name.startswith(EXTRA_ATTRIBUTES):
        component.by_name[name].check(component.name, expression.var)


def compile_slot(parser: Parser, token: Token) -> SlotNode:
    """`{% slot "name" %}…{% endslot %}`."""
    bits = token.split_contents()
    if len(bits) != 2 or bits[1][0] not in "\"'":
        msg = 'slot takes one quoted name: {% slot "actions" %}.'
        raise TemplateSyntaxError(msg)
    nodelist = parser.parse(("endslot",))
    parser.delete_first_token()
    return SlotNode(bits[1][1:-1], nodelist)
