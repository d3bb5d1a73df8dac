"""Every relation of every model of a tenant, followed where a neighbour's objects have the same ids.

The dangerous thing is an object that outlived its tenant's scope: its related managers ask the database again, with
the same key, in whatever scope is in force then. There they may give that tenant's rows, and never those it came from.
"""

from collections.abc import Iterable, Iterator
from typing import Any

import pytest
from django.apps import apps
from django.core.exceptions import ObjectDoesNotExist
from django.db import DatabaseError, models, transaction
from django.db.models import Model

from config.tests.isolation import world
from config.tests.scorecard import Scorecard
from tenants import router
from tenants.context import NoTenant, TenantRef, inside, no_scope, public_schema
from tenants.tests.factories import AT

pytestmark = [pytest.mark.django_db, pytest.mark.isolation("I3")]


# Views of the database too, which the world does not have to fill.
MODELS = [
    model
    for model in apps.get_models()
    if model._meta.app_label in router.tenant_labels() - {"contenttypes", "auth"}
]


def _relations() -> list[tuple[type[Model], str]]:
    """Each model with each of its attributes that leads to other rows, forwards and backwards."""
    found = []
    for model in MODELS:
        for field in model._meta.get_fields():
            if isinstance(field, models.ForeignObjectRel):
                found.append((model, str(field.get_accessor_name())))
            elif field.is_relation:
                found.append((model, field.name))
    return found


RELATIONS = _relations()


def _label(model: type[Model], name: str) -> str:
    return f"{model._meta.label}.{name}"


def _follow(found: Model, name: str) -> list[Model]:
    """The rows at the other end: of a related manager, or the one object."""
    try:
        end: Any = getattr(found, name)
    except ObjectDoesNotExist:
        return []
    if isinstance(end, models.Manager):
        return list(end.all())
    return [] if end is None else [end]


def _words(row: Model) -> str:
    return str([getattr(row, field.attname) for field in row._meta.concrete_fields])


def _rows(model: type[Model]) -> list[Model]:
    return list(model._base_manager.all())


@pytest.fixture
def twins(alpha: TenantRef, beta: TenantRef) -> None:
    """Alpha with one of everything and of every relation between them, and beta with the same under the same ids."""
    world.build(alpha)
    with inside(alpha):
        _relate_the_rest()
    world.twin(alpha, beta)


def _relate_the_rest() -> None:
    """Rows of what the world leaves empty, then every pointer to nothing pointed at something."""
    from compliance.records.tests.factories import make_assignment, make_record
    from lms.catalog.tests.factories import make_version, text
    from lms.people.models import Department, User
    from lms.people.tests.factories import make_department

    canary, day = world.CANARY.format("alpha"), AT.date()
    ada = User.objects.get(email="ada@example.org")
    make_department("ALL", f"University {canary}")
    _add("people.Invitation", user=ada, token_hash=canary, created_at=AT, expires_at=AT)
    _add(
        "people.RoleGrant",
        user=ada,
        role="manager",
        department=Department.objects.get(code="LAW"),
        granted_at=AT,
    )
    _add("people.RosterImport", file_name=canary, content=b"", encoding="utf-8", delimiter=",", created_at=AT,
         asked_by=ada, decided_by=User.objects.exclude(pk=ada.pk)[0])  # fmt: skip
    _add("people.RosterRow", roster_import=_any("people.RosterImport"), line_number=1, values={"x": canary},
         outcome="create")  # fmt: skip
    _add("people.Proposal", kind="move", department=Department.objects.get(code="LAW"), values={"name": canary},
         affected_count=1, asked_by=ada, decided_by=User.objects.exclude(pk=ada.pk)[0], asked_at=AT)  # fmt: skip
    _add("account.EmailConfirmation", email_address=_any("account.EmailAddress"), key=canary)
    _add("mfa.Authenticator", user=ada, type="totp", data={"x": canary})
    _add("usersessions.UserSession", user=ada, ip="::1", session_key="x", user_agent=canary)
    _add("learning.Rereading", attempt=_any("learning.QuizAttempt"), lesson=_any("catalog.Lesson"))
    requirement = _any("requirements.Requirement")
    _add("requirements.Holiday", on=day, name=canary)
    _add("requirements.RequirementPause", requirement=requirement, starts_on=day)
    _add(
        "requirements.RequirementVersion",
        requirement=requirement,
        number=9,
        content={"x": canary},
        at=AT,
        by=ada,
        approved_by=ada,
    )
    digest = _add("reminders.Digest", user=ada, local_day=day, message_key=canary, created_at=AT)
    _add("reminders.Notice", record=_any("records.ComplianceRecord"), kind="before", step=9, planned_on=day,
         digest=digest, created_at=AT)  # fmt: skip
    escalation = _add("reminders.Escalation", record=_any("records.ComplianceRecord"), days=9, told_to="manager",
                      planned_on=day, created_at=AT)  # fmt: skip
    _add("reminders.EscalationCopy", escalation=escalation, user=ada, told_as="manager", local_day=day,
         message_key=canary)  # fmt: skip
    make_version(text("links"), key="draft", title=f"Draft {canary}", publish=False)
    make_record(make_assignment(ada, requirement=requirement), completed_at=AT, completed_on=day, valid_from=day,
                anchored_on=day, late_days=0, enrollment=_any("learning.Enrollment"))  # fmt: skip
    make_record(make_assignment(ada), completed_at=AT, completed_on=day, valid_from=day, anchored_on=day,
                late_days=0, credit=_any("records.Credit"))  # fmt: skip
    other = User.objects.exclude(pk=ada.pk)[0]
    load = _add("records.Load", state="made", reason=canary, seen="1" * 64, people_count=1, cycle_count=1, line_count=1,
                asked_by=other, asked_at=AT, decided_by=ada, decided_at=AT, made_at=AT)  # fmt: skip
    undo = _add("records.LoadUndo", state="made", load=load, reason=canary, seen="1" * 64, people_count=1,
                cycle_count=1, opened_count=1, is_told=True, asked_by=other, asked_at=AT, decided_by=ada,
                decided_at=AT, made_at=AT, on=day)  # fmt: skip
    _add("records.Revocation", record=_any("records.ComplianceRecord"), on=day, undo=undo, reason=canary, by=ada,
         at=AT)  # fmt: skip
    _add("records.GraceDecision", number=9, counts=True, from_on=day, reason=canary, decided_by=ada, decided_at=AT,
         decided_on=day)  # fmt: skip
    _add("records.AccessKey", name=canary, hint="x", digest="1" * 64, created_by=ada, created_at=AT, revoked_by=ada,
         revoked_at=AT)  # fmt: skip
    _add("records.TriggeringEvent", requirement=requirement, kind="policy", title=canary, happened_on=day, days=9,
         reach="department", department=Department.objects.get(code="ALL"), recorded_by=ada, recorded_at=AT,
         ended_by=ada, ended_at=AT, end_reason=canary)  # fmt: skip
    _add("consequences.Consequence", requirement=requirement, receiver=_any("consequences.Receiver"), days=9,
         created_by=ada, created_at=AT, ended_by=ada, ended_at=AT)  # fmt: skip
    _add("changes.Change", requirement=requirement, number=9, kind="edit", state="rejected", content={}, before={},
         fingerprint="9" * 64, worked_out_on=day, worked_out_at=AT, proposed_at=AT, decision_note=canary,
         decided_at=AT, decided_by=ada, proposed_by=User.objects.exclude(pk=ada.pk)[0])  # fmt: skip
    _add("changes.HolidayChange", number=9, state="rejected", before=[], after=[[str(day), canary]],
         fingerprint="9" * 64, proposed_at=AT, proposed_by=User.objects.exclude(pk=ada.pk)[0], decision_note=canary,
         decided_at=AT, decided_by=ada, undoes=_any("changes.HolidayChange"))  # fmt: skip
    for model in world.tenant_models():
        for field in model._meta.concrete_fields:
            if isinstance(field, models.ForeignKey) and field.null:
                _point(model, field)


def _add(label: str, **fields: Any) -> Model:
    made: Model = apps.get_model(label)._base_manager.create(**fields)
    return made


def _any(label: str) -> Model:
    found: Model = apps.get_model(label)._base_manager.order_by("pk")[0]
    return found


def _point(model: type[Model], field: Any) -> None:
    """Where the database lets it: what is finished or published it keeps as it is."""
    target = field.related_model._base_manager.order_by("-pk").first()
    for row in model._base_manager.filter(**{f"{field.name}__isnull": True}):
        try:
            with transaction.atomic():
                model._base_manager.filter(pk=row.pk).update(**{field.name: target})
        except DatabaseError:
            continue


def _hits(rows: Iterable[Model], canary: str) -> Iterator[str]:
    return (row._meta.label for row in rows if canary in _words(row))


def test_an_object_of_alpha_followed_inside_beta_leads_to_beta(
    alpha: TenantRef, beta: TenantRef, twins: None, scorecard: Scorecard
) -> None:
    with inside(alpha):
        kept = {model: _rows(model) for model in MODELS}
    told: list[str] = []
    reached: dict[str, int] = {}
    own = 0
    with inside(beta):
        for model, name in RELATIONS:
            for row in kept[model]:
                ends = _follow(row, name)
                reached[_label(model, name)] = reached.get(_label(model, name), 0) + len(ends)
                told += [f"{_label(model, name)}: {hit}" for hit in _hits(ends, "CANARY-alpha")]
                own += len(list(_hits(ends, "CANARY-beta")))
    scorecard.saw(
        "I3",
        relations=[_label(*each) for each in RELATIONS],
        relations_with_rows=[label for label, rows in reached.items() if rows],
    )
    scorecard.count("I3", rows_reached=sum(reached.values()), hits=len(told))
    assert told == []
    assert own > 30, "beta's own words must be reached, else this proves nothing"
    assert [label for label, rows in reached.items() if not rows] == [], "add a row to _relate_the_rest"
    assert {_label(*each) for each in RELATIONS} == set(reached)


def test_relations_fetched_ahead_stay_in_their_tenant(
    alpha: TenantRef, beta: TenantRef, twins: None, scorecard: Scorecard
) -> None:
    """prefetch_related and joins, which write their own queries."""
    told: list[str] = []
    rows = 0
    for here, other in ((alpha, "CANARY-beta"), (beta, "CANARY-alpha")):
        with inside(here):
            for model, name in RELATIONS:
                fetched = list(model._base_manager.prefetch_related(name))
                ends = [end for row in fetched for end in _follow(row, name)]
                rows += len(ends)
                told += [f"{_label(model, name)}: {hit}" for hit in _hits([*fetched, *ends], other)]
    scorecard.count("I3", rows_reached=rows, hits=len(told))
    assert told == []


@pytest.mark.parametrize("scope", [no_scope, public_schema], ids=["no scope", "the public schema"])
def test_an_object_followed_outside_its_tenant_is_an_error(
    alpha: TenantRef, twins: None, scope: Any, scorecard: Scorecard
) -> None:
    with inside(alpha):
        kept = {model: model._base_manager.first() for model in MODELS}
    answered = []
    for model, name in RELATIONS:
        row = kept[model]
        if row is None or getattr(row, f"{name}_id", 0) is None:
            continue  # nothing to start from, or a pointer to nothing, which asks nobody
        with scope():
            try:
                _follow(row, name)
            except NoTenant:
                scorecard.count("I3", relations_refused=1)
            else:
                answered.append(_label(model, name))
    scorecard.count("I3", unexpected=len(answered))
    assert answered == []
