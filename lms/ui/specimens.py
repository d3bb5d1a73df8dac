"""Invented content for the style guide: one set per pane, so that ids on the page stay unique."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any, Final

from django import forms
from django.http import HttpRequest, QueryDict
from django.utils.translation import gettext as _

from lms.ui import assets, charts, filters, paging, vocabulary
from lms.ui.components import PAGE_COMPONENTS
from lms.ui.forms import CardLabel
from lms.ui.icons import ICONS
from lms.ui.props import Component
from tenants import clock
from tenants.context import current_tenant

PANES: Final = ("light", "dark")
TOKENS: Final = (
    "page raised sunken hairline border control ink ink-soft link primary focus "
    "neutral info ok warn bad accent neutral-tint info-tint ok-tint warn-tint bad-tint accent-tint"
).split()


class SpecimenForm(forms.Form):
    """One field of every kind."""

    name = forms.CharField(label="Requirement name", help_text="People see it in their list and in mail.")
    note = forms.CharField(label="Purpose", widget=forms.Textarea(attrs={"rows": 3}), required=False)
    email = forms.EmailField(label="Work e-mail")
    starts_on = forms.DateField(
        label="Starts on", widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    course = forms.ChoiceField(
        label="Course", choices=[("phishing", "Recognising phishing"), ("data", "Student data")]
    )
    repeat = forms.ChoiceField(
        label="Repeat every",
        widget=forms.RadioSelect,
        choices=[("12", "12 months"), ("24", "24 months"), ("", "Never")],
    )
    audience = forms.ChoiceField(
        label="Who it is for",
        widget=forms.RadioSelect,
        choices=[
            ("staff", CardLabel("All staff and faculty", "1,612 people today")),
            ("some", CardLabel("Some departments", "You choose them in the next step")),
        ],
    )
    extras = forms.MultipleChoiceField(
        label="Also send to",
        widget=forms.CheckboxSelectMultiple,
        choices=[("manager", "The manager"), ("officer", "The compliance officer")],
        required=False,
    )
    agreed = forms.BooleanField(
        label="I may act for this university", help_text="The terms are a two-minute read."
    )
    file = forms.FileField(label="Roster file", help_text="CSV, up to 20 MB. Any encoding.", required=False)


@dataclass(frozen=True)
class Specimen:
    """A component with the template that shows it in every state."""

    component: Component
    parts: list[Component]

    @property
    def template(self) -> str:
        """The template of its specimen."""
        return f"ui/specimens/{self.component.name}.html"


def context(request: HttpRequest) -> dict[str, Any]:
    """Everything the style guide shows."""
    wholes = [one for one in PAGE_COMPONENTS if not one.part_of]
    is_public = current_tenant() is None
    shown = [Specimen(one, [part for part in PAGE_COMPONENTS if part.part_of == one.name]) for one in wholes]
    return {
        "specimens": shown,
        "panes": [pane(name, request) for name in PANES],
        "vocabulary": vocabulary.GROUPS.values(),
        "icons": sorted(ICONS),
        "tokens": TOKENS,
        "style_count": len(assets.style_files()),
        "is_public": is_public,
        "layout": "layouts/public.html" if is_public else "layouts/app.html",
    }


def pane(name: str, request: HttpRequest) -> dict[str, Any]:
    """Fresh objects for one pane."""
    today = clock.today()
    query = QueryDict("q=sousa&department=law&status=overdue&page=3")
    return {
        "name": name,
        "form": SpecimenForm(prefix=f"{name}-a", initial={"audience": "staff", "repeat": "12"}),
        "wrong": SpecimenForm({f"{name}-b-name": "", f"{name}-b-email": "ada@"}, prefix=f"{name}-b"),
        "chart": sample_chart(),
        "parts": sample_parts(),
        "filters": filters.FilterSet(query, sample_filters()),
        "page": paging.Page(range(50), 7, 50, 2388, "department=law"),
        "one_page": paging.Page(range(12), 1, 50, 12),
        "steps": [_("Upload"), _("Columns"), _("Preview"), _("Import"), _("Result")],
        "people": sample_people(),
        "soon": today + dt.timedelta(days=9),
        "later": today + dt.timedelta(days=120),
        "late": today - dt.timedelta(days=3),
        "now": clock.now() - dt.timedelta(minutes=5),
    }


def sample_chart() -> charts.StackedBars:
    """Four departments, worst first."""
    series = [
        charts.Series("compliant", _("Compliant"), "done"),
        charts.Series("going", _("In progress"), "going"),
        charts.Series("todo", _("Not started"), "todo"),
        charts.Series("overdue", _("Overdue"), "late"),
    ]
    rows = [
        charts.Row("Faculty of Law", (86, 9, 7, 28), "#law", "66.2 %"),
        charts.Row("Medicine", (412, 31, 14, 31), "#medicine", "84.4 %"),
        charts.Row(
            "Institute for Comparative Literature and Cultural Studies",
            (58, 2, 3, 4),
            "#literature",
            "86.5 %",
        ),
        charts.Row("Information Technology", (99, 0, 0, 1), "#it", "99.0 %"),
    ]
    return charts.stacked_bars(title=_("Law is lowest: 66.2 %"), series=series, rows=rows, unit=_("people"))


def sample_parts() -> list[charts.Part]:
    """One headline bar."""
    return [
        charts.Part(_("Compliant"), 1842, "done", "#compliant"),
        charts.Part(_("On time"), 72, "going", "#on-time"),
        charts.Part(_("Overdue"), 96, "late", "#overdue"),
    ]


def sample_filters() -> list[filters.Filter]:
    """One filter of every kind."""
    return [
        filters.Search("q", _("Name or e-mail")),
        filters.Choice("department", _("Department"), [("law", "Law"), ("it", "Information Technology")]),
        filters.Choice("status", _("Status"), [("overdue", _("Overdue")), ("compliant", _("Compliant"))]),
        filters.Day("from", _("Due from")),
        filters.Flag("active", _("Only active people")),
    ]


def sample_people() -> list[dict[str, str]]:
    """Names short and long, plain and not."""
    return [
        {"name": "Ana Sousa", "department": "Law", "status": "overdue", "days": "10"},
        {"name": "Jonas Weber", "department": "Medicine", "status": "in_grace", "days": "2"},
        {"name": "Bo", "department": "Information Technology", "status": "compliant", "days": ""},
        {
            "name": "Wilhelmina Oyelaran-Featherstonehaugh von Hohenlohe-Langenburg",
            "department": "Institute for Comparative Literature and Cultural Studies",
            "status": "not_yet_due",
            "days": "",
        },
    ]
