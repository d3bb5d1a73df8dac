"""What a component works out from its props before its template is drawn."""

from __future__ import annotations

from typing import Any, Final

from django import forms
from django.forms import BoundField
from django.http import QueryDict
from django.template import Context
from django.utils.safestring import mark_safe

from lms.ui import charts, vocabulary
from lms.ui.icons import ICONS

BANNER_ICONS: Final = {
    "neutral": "info",
    "info": "info",
    "ok": "check-circle",
    "warn": "alert-triangle",
    "bad": "alert",
    "accent": "sparkle",
}
AVATAR_HUES: Final = 6
WIDGET_KINDS: Final = (
    (forms.HiddenInput, "hidden"),
    (forms.CheckboxSelectMultiple, "checks"),
    (forms.RadioSelect, "radios"),
    (forms.CheckboxInput, "check"),
    (forms.FileInput, "file"),
    (forms.Select, "select"),
    (forms.Textarea, "textarea"),
)

INPUT_CLASSES: Final = {"check": "tick", "file": "file"}

Values = dict[str, Any]


def icon(values: Values, context: Context) -> Values:
    """The drawing of the icon."""
    return {"drawing": mark_safe(ICONS[values["name"]])}  # noqa: S308 (our own drawings)


def status(values: Values, context: Context) -> Values:
    """The term of the status, unless the page has better words for it."""
    term = vocabulary.term(values["value"])
    return {"term": term, "text": values["text"] or term.label}


def progress(values: Values, context: Context) -> Values:
    """The whole percentage, never 100 before the end; no figure while the end is unknown."""
    value, most = values["value"], values["max"]
    if value is None or not most:
        return {"percent": None, "value": None if not most else value}
    percent = min(100, int(100 * value / most))
    return {"percent": percent}


def initials(values: Values, context: Context) -> Values:
    """Two letters and one of six hues, the same for the same name everywhere."""
    words = [word for word in str(values["name"]).split() if word[0].isalnum()]
    letters = (words[0][0] + words[-1][0] if len(words) > 1 else words[0][0]) if words else "?"
    return {"letters": letters.upper(), "hue": sum(map(ord, str(values["name"]))) % AVATAR_HUES}


def banner(values: Values, context: Context) -> Values:
    """The icon that goes with the tone."""
    return {"icon": BANNER_ICONS[values["tone"]]}


def table(values: Values, context: Context) -> Values:
    """The CSS classes."""
    classes = ["table"] + [f"table-{name}" for name in ("stack", "dense", "sticky") if values[name]]
    return {"classes": " ".join(classes)}


def sort_header(values: Values, context: Context) -> Values:
    """The present direction, and the address that sorts by this column (or turns its order round)."""
    request = context.get("request")
    query = request.GET.copy() if request else QueryDict(mutable=True)
    key, present = values["key"], query.get("sort", "")
    query.pop("page", None)
    query["sort"] = f"-{key}" if present == key else key
    direction = {key: "ascending", f"-{key}": "descending"}.get(present, "")
    return {"direction": direction, "url": f"?{query.urlencode()}"}


def pagination(values: Values, context: Context) -> Values:
    """Every page offered, with its address."""
    page = values["page"]
    return {
        "offered": [(number, page.link(number) if number else "") for number in page.numbers()],
        "previous": page.link(page.number - 1) if page.number > 1 else "",
        "following": page.link(page.number + 1) if page.number < page.count else "",
    }


def filter_bar(values: Values, context: Context) -> Values:
    """Each filter with its present value, the search ones first."""
    fields = list(values["filters"].fields())
    return {
        "searches": [(one, value) for one, value in fields if one.kind == "search"],
        "others": [(one, value) for one, value in fields if one.kind != "search"],
    }


def steps(values: Values, context: Context) -> Values:
    """Each step with its state: done, current or todo."""
    labels, current = list(values["labels"]), int(values["current"])
    states = [
        "done" if n < current else "current" if n == current else "todo" for n in range(1, len(labels) + 1)
    ]
    shown = min(current, len(labels))
    return {
        "items": [
            (number, label, state)
            for number, (label, state) in enumerate(zip(labels, states, strict=True), 1)
        ],
        "count": len(labels),
        "number": shown,
        "current_label": labels[shown - 1] if labels else "",
    }


def field(values: Values, context: Context) -> Values:
    """The kind of widget, and the widget itself with its class, its description and what the page gave it."""
    bound: BoundField = values["field"]
    kind = next((name for cls, name in WIDGET_KINDS if isinstance(bound.field.widget, cls)), "input")
    is_group = kind in ("radios", "checks")
    hint = bound.help_text if values["hint"] is None else values["hint"]
    attributes = _input_attributes(bound, kind, hint, values["attributes"])
    return {
        "kind": kind,
        "label": values["label"] or bound.label,
        "hint": hint,
        "is_group": is_group,
        "is_optional": not (
            bound.field.required or getattr(bound.field, "is_conditional", False) or kind == "check"
        ),
        "hint_id": f"{bound.auto_id}_helptext",
        "error_id": f"{bound.auto_id}_error",
        "widget": "" if is_group else bound.as_widget(attrs=attributes),
    }


def _input_attributes(bound: BoundField, kind: str, hint: Any, given: Values) -> Values:
    if kind == "hidden":
        return dict(given)
    described = [f"{bound.auto_id}_helptext"] if hint else []
    described += [f"{bound.auto_id}_error"] if bound.errors else []
    classes = [bound.field.widget.attrs.get("class", ""), INPUT_CLASSES.get(kind, "input")]
    attributes = {**given, "class": " ".join(filter(None, classes))}
    if described:
        attributes["aria-describedby"] = " ".join(described)
    return attributes


def error_summary(values: Values, context: Context) -> Values:
    """Every error with the id of the field it belongs to; from a form, a formset or a list of forms."""
    found: list[tuple[str, str, str]] = []
    for form in _forms(values["form"]):
        if isinstance(form, forms.BaseFormSet):
            found += [("", "", str(error)) for error in form.non_form_errors()]
            continue
        for name, errors in form.errors.items():
            target = _target(form, name)
            label = str(form[name].label) if name in form.fields else ""
            found += [(target, label, str(error)) for error in errors]
    return {"found": found}


def _forms(given: Any) -> list[Any]:
    if isinstance(given, forms.BaseFormSet):
        return [given, *given.forms]
    return list(given) if isinstance(given, list | tuple) else [given]


def _target(form: forms.BaseForm, name: str) -> str:
    """The id to jump to: the input, or the first choice of a group."""
    if name not in form.fields:
        return ""
    bound = form[name]
    is_group = isinstance(bound.field.widget, forms.RadioSelect)
    return f"{bound.auto_id}_0" if is_group else str(bound.id_for_label or bound.auto_id)


def ratio_bar(values: Values, context: Context) -> Values:
    """The rectangles of the bar."""
    parts = list(values["parts"])
    return {"parts": parts, "segments": charts.ratio(parts), "total": sum(part.value for part in parts)}
