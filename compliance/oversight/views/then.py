"""Any day, as known on any later one: figures, people, one person, and what was restated."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_safe

from compliance.core.asof import Moment
from compliance.history import queries as history
from compliance.oversight import exports, forms, queries
from compliance.records import queries as records
from lms.access import guard
from lms.access.permissions import Permission
from lms.audit import actions as audit
from lms.people import queries as people
from lms.ui import downloads, filters, paging, partials
from tenants import clock


@dataclass(frozen=True, slots=True)
class _Asked:
    """What is asked about, by whom; `problem` says in words why it cannot be answered."""

    chosen: filters.FilterSet
    moment: Moment
    reach: people.Reach
    problem: str
    now: datetime

    @property
    def scope(self) -> records.Scope:
        """Whom the viewer may see."""
        return queries.scope_of(self.reach)

    @property
    def context(self) -> dict[str, Any]:
        """What every page of the past shows."""
        days = {"on": self.moment.on, "known": self.moment.known_on}
        return {
            "filters": self.chosen,
            "moment": self.moment,
            "problem": self.problem,
            "today": clock.today(self.now),
            "days": "&".join(f"{name}={day.isoformat()}" for name, day in days.items()),
        }


def _asked(request: HttpRequest, permission: Permission, chosen: filters.FilterSet) -> _Asked:
    now = clock.now()
    moment = forms.moment_of(chosen, clock.today(now))
    reach = people.reach(guard.viewer(request), permission)
    return _Asked(chosen, moment, reach, history.problem(moment, today=clock.today(now)), now)


@guard.needs(Permission.REPORTS_VIEW, scoped=True)
@require_safe
def overview(request: HttpRequest) -> HttpResponse:
    """The figures of the day, and how many rows were restated since."""
    asked = _asked(request, Permission.REPORTS_VIEW, forms.moment_filters(request.GET))
    context = asked.context
    if not asked.problem:
        with history.seen(history.look(asked.moment)):
            context["figures"] = queries.overview(
                today=asked.moment.on, reach=asked.reach, place=history.place
            )
        if not asked.moment.is_report:
            context["restated_count"] = len(_restated(asked).differences)
    return _page(request, "oversight/then/overview.html", context)


@guard.needs(Permission.REPORTS_VIEW, scoped=True)
@require_safe
def people_list(request: HttpRequest) -> HttpResponse:
    """The people behind a figure of the day."""
    asked = _asked(request, Permission.REPORTS_VIEW, forms.past_filters(request.GET))
    context = asked.context
    if not asked.problem:
        with history.seen(history.look(asked.moment)):
            context["page"] = paging.page_of(_chosen(asked), request)
    return _page(request, "oversight/then/people.html", context)


@guard.needs(Permission.REPORTS_EXPORT, scoped=True)
@require_safe
def people_csv(request: HttpRequest) -> HttpResponseBase:
    """The same people as a file. Taking them out is written down."""
    asked = _asked(request, Permission.REPORTS_EXPORT, forms.past_filters(request.GET))
    if asked.problem:
        return _page(request, "oversight/then/people.html", asked.context)
    on, known_on = asked.moment.on, asked.moment.known_on
    with history.seen(history.look(asked.moment)):
        counts = records.counting_on(on).grace_counts
        found = _chosen(asked).iterator()
        lines = list(exports.people_rows(found, as_of=on, known_on=known_on, grace_counts=counts))
    _note(request, asked, "oversight.people_exported", str(exports.LABEL), len(lines))
    name = f"people-{on}-known-{known_on}.csv"
    return downloads.csv_response(name, header=exports.HEADER, rows=lines)


@guard.needs(Permission.REPORTS_VIEW, scoped=True)
@require_safe
def restated(request: HttpRequest) -> HttpResponse:
    """What the report of the day said, against what is known now, row by row."""
    asked = _asked(request, Permission.REPORTS_VIEW, forms.moment_filters(request.GET))
    context = asked.context
    if not asked.problem:
        found = _restated(asked)
        page = paging.page_of(found.differences, request)
        context |= {"page": page, "lines": found.lines(page.rows), "silent": found.silent(asked.scope)}
        context["now_known"] = found.moment.known_on
    return _page(request, "oversight/then/restated.html", context)


@guard.needs(Permission.REPORTS_EXPORT, scoped=True)
@require_safe
def restated_csv(request: HttpRequest) -> HttpResponseBase:
    """The restatement as a file: one line for each fact that changed. Taking it out is written down."""
    asked = _asked(request, Permission.REPORTS_EXPORT, forms.moment_filters(request.GET))
    if asked.problem:
        return _page(request, "oversight/then/restated.html", asked.context)
    found = _restated(asked)
    on, known_on = found.moment.on, found.moment.known_on
    lines = found.lines(list(found.differences))
    rows = list(exports.restated_rows(lines, as_of=on, then_known_on=on, now_known_on=known_on))
    _note(request, asked, "oversight.restatement_exported", str(exports.RESTATED_LABEL), len(rows))
    name = f"restatement-{on}-known-{known_on}.csv"
    return downloads.csv_response(name, header=exports.RESTATED_HEADER, rows=rows)


@guard.needs(Permission.REPORTS_VIEW, scoped=True)
@require_safe
def person(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """One person on the day, with reasons. Raises Http404 outside the viewer's reach."""
    asked = _asked(request, Permission.REPORTS_VIEW, forms.moment_filters(request.GET))
    somebody = people.person_for(guard.viewer(request), public_id)
    if not asked.reach.covers(somebody.pk):
        raise Http404
    context = asked.context | {"person": somebody}
    if not asked.problem:
        past = history.look(asked.moment)
        context["stood"] = history.stood(somebody.pk, past)
        context["causes"] = history.causes(
            [somebody.pk],
            {somebody.pk: somebody.public_id},
            on=asked.moment.on,
            since=history.moment_after(asked.moment.on),
            until=history.moment_after(asked.moment.known_on),
        ).get(somebody.pk, [])
    return _page(request, "oversight/then/person.html", context)


def _chosen(asked: _Asked) -> Any:
    return queries.chosen_people(
        selection=forms.selection_of(asked.chosen),
        today=asked.moment.on,
        scope=asked.scope,
        place=history.place,
    )


def _restated(asked: _Asked) -> queries.Restated:
    return queries.restated(asked.moment, asked.scope, today=clock.today(asked.now))


def _note(request: HttpRequest, asked: _Asked, action: str, label: str, count: int) -> None:
    days = {"as_of": asked.moment.on.isoformat(), "known_on": asked.moment.known_on.isoformat()}
    audit.record(
        action=action,
        by=guard.viewer(request),
        at=asked.now,
        object_label=label,
        facts=days | {"rows": count},
    )


def _page(request: HttpRequest, template: str, context: dict[str, Any]) -> HttpResponse:
    """The page; 422 when the days cannot be asked about."""
    return partials.render_page(request, template, context, status=422 if context["problem"] else 200)
