"""One of everything in alpha, and its twin in beta with the same ids and addresses but other words.

A leak between the two returns a plausible row; only the canary in its words shows whose it is.
"""

import base64
import datetime as dt
import io
import json
import uuid
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.apps import apps
from django.core import serializers
from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, transaction
from django.db.models import AutoField, BinaryField, Max, Model

from config.tests.isolation import attributes, certified, duties, outlooks, proven, signed, told
from tenants import router
from tenants.context import TenantRef, inside, public_schema
from tenants.tests.factories import AT

CANARY = "CANARY-{}"
# Tables that stay empty in the world; the tests of models try them empty.
LEFT_EMPTY = {
    "learning.Rereading",
    "people.Invitation",
    "people.RosterRow",
    "reminders.Digest",
    "reminders.Escalation",
    "reminders.EscalationCopy",
    "reminders.Notice",
    "requirements.Holiday",
    "requirements.RequirementPause",
    "requirements.RequirementVersion",
}
# Written by the database while others are: copied, it would be there twice.
_WRITES_ITSELF = {"history.Change"}
# Filled by the template, equal in every tenant.
_SEEDED = {"contenttypes", "auth"}


@dataclass
class World:
    """Who lives in alpha, and the public ids that pages are asked for with."""

    ada: Any
    dee: Any
    ids: dict[str, str] = field(default_factory=dict)


def build(tenant: TenantRef) -> World:
    """One of everything, made by the actions that make it in life wherever its history matters."""
    world = inhabit(tenant)
    world.ids["grant"] = str(_support(tenant).public_id)
    _neighbours(world, tenant)
    return world


def inhabit(tenant: TenantRef) -> World:
    """What of it lies in the tenant's own schema."""
    with inside(tenant):
        world = _people()
        _learning(world)
        _compliance(world)
        _messages(world)
    return world


def _neighbours(world: World, tenant: TenantRef) -> None:
    """A department that shares with the tenant, a university that asks it to share, and a code nobody used."""
    from tenants.agreements import actions
    from tenants.agreements.actions import Signer
    from tenants.enums import AgreementState
    from tenants.models import Domain, RollUpAgreement, RollUpFigure, Tenant

    with inside(tenant):
        invitation = actions.invite(label=_canary(), by=Signer("Ada", "ada@example.org"), at=AT)
    with public_schema():
        others = [
            Tenant.objects.create(
                schema_name=f"t_{name}",
                name=f"{name} {_canary()}",
                time_zone="UTC",
                token_epoch="x",
                created_at=AT,
            )
            for name in ("below", "above")
        ]
        for other in others:
            Domain.objects.create(
                domain=f"{other.schema_name[2:]}.duly.localhost", tenant=other, is_primary=True
            )
        signed = {"terms": "2026-11", "offered_by": _canary(), "offered_at": AT}
        site = RollUpAgreement.objects.create(
            parent_id=tenant.id, department=others[0], state=AgreementState.IN_FORCE, decided_at=AT, **signed
        )
        offer = RollUpAgreement.objects.create(parent=others[1], department_id=tenant.id, **signed)
        for title in ("", _canary()):
            RollUpFigure.objects.create(
                agreement=site, month=AT.date().replace(day=1), as_of=AT.date(), title=title,
                requirement=UUID(int=7) if title else None, compliant=7, required=10, published_at=AT,
            )  # fmt: skip
    world.ids.update(site=str(site.public_id), offer=str(offer.public_id), invitation=str(invitation))


def _canary() -> str:
    return CANARY.format("alpha")


def _people() -> World:
    from lms.people.imports import intake
    from lms.people.tests.factories import make_affiliation, make_department, make_user

    law = make_department("LAW", f"School of Law {_canary()}")
    ada = make_user(
        given_name="Ada",
        family_name=_canary(),
        email="ada@example.org",
        roles=("owner", "administrator", "compliance_officer", "author"),
    )
    dee = make_user(given_name="Dee", family_name=_canary(), email="dee@example.org")
    make_affiliation(dee, department=law, title=f"Lecturer {_canary()}")
    make_affiliation(ada, department=law)
    roster = intake.upload(
        content=b"Employee ID,Work Email\n1,x@example.org\n", file_name=f"{_canary()}.csv", by=ada, at=AT
    )
    world = World(ada=ada, dee=dee)
    world.ids.update(
        **attributes.kept(dee, at=AT, canary=_canary()),
        person=str(dee.public_id),
        department=str(law.public_id),
        roster=str(roster.public_id),
    )
    return world


def _learning(world: World) -> None:
    from lms.catalog.enums import UploadOrigin
    from lms.catalog.models import CourseUpload
    from lms.catalog.tests.factories import make_version, quiz, text
    from lms.learning.models import Certificate, QuizAttempt
    from lms.learning.tests import factories

    version = make_version(text("links", title=f"Links {_canary()}"), quiz(), title=f"Phishing {_canary()}")
    done = factories.complete(world.dee, version)
    again = make_version(text("links"), quiz(), key="second", title=f"Second {_canary()}")
    open_pass = factories.make_enrollment(world.dee, again)
    upload = CourseUpload.objects.create(
        origin=UploadOrigin.values[0],
        file_name=f"{_canary()}.zip",
        content=_course_zip(),
        created_by=world.ada,
        created_at=AT,
    )
    world.ids.update(
        upload=str(upload.public_id),
        course=str(version.course.public_id),
        version=str(version.public_id),
        enrollment=str(open_pass.public_id),
        attempt=str(QuizAttempt.objects.get(enrollment=done).public_id),
        certificate=str(Certificate.objects.get(enrollment=done).public_id),
        code=Certificate.objects.get(enrollment=done).code,
        **signed.signed(world.dee, canary=_canary()),
    )


def _course_zip() -> bytes:
    """A small course folder, as an author sends it."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("course.toml", 'key = "third"\ntitle = "Third"\nsummary = "x"\nlanguage = "en"\n')
        archive.writestr("01-basics/01-why.md", '+++\ntitle = "Why"\nminutes = 1\n+++\nBecause.\n')
    return buffer.getvalue()


def _compliance(world: World) -> None:
    from compliance.records.models import Turn
    from compliance.records.tests.factories import make_assignment, make_record
    from compliance.requirements.models import Equivalence
    from compliance.requirements.tests.factories import make_requirement
    from lms.catalog.models import Course

    cited = {
        "regime": f"Law {_canary()}", "control": "12.6.3", "asks": _canary(), "pack": "pci-dss-4", "pack_version": 1,
    }  # fmt: skip
    requirement = make_requirement(
        title=f"Yearly {_canary()}",
        course=Course.objects.get(public_id=world.ids["course"]),
        owner=world.dee,
        policy=f"Policy {_canary()}",
        authorities=[cited],
        parameters=[{"name": "How often", "value": _canary(), "since": "2026-01-01"}],
    )
    assignment = make_assignment(world.dee, requirement=requirement)
    Turn.objects.create(on=AT.date())
    record = make_record(assignment, due_on=dt.date(2026, 11, 20))
    world.ids["requirement"] = str(requirement.public_id)
    individual = requirement.individuals.create(
        user=world.ada,
        side="exclude",
        reason=_canary(),
        starts_on=AT.date(),
        by=world.dee,
        at=AT,
        ended_on=dt.date(2027, 11, 1),
        ended_by=world.ada,
        ended_at=AT,
        end_reason=_canary(),
    )
    equivalence = Equivalence.objects.create(
        course=Course.objects.get(key="second"), counts_for_id=requirement.sets[0].courses[0], asked_by=world.dee,
        reason=_canary(), asked_at=AT, state="approved", decided_by=world.ada, decided_at=AT, decision_note=_canary(),
        ended_by=world.ada, ended_at=AT, ended_on=AT.date(),
    )  # fmt: skip
    world.ids.update(individual=str(individual.public_id), equivalence=str(equivalence.public_id))
    _requests(world, record)
    world.ids.update(certified.certified(record, by=world.ada, at=AT, canary=_canary()))
    world.ids.update(duties.kept(world.dee, by=world.ada, at=AT, canary=_canary()))
    _changes(world, record)


def _changes(world: World, record: Any) -> None:
    """What Dee proposed and waits for Ada, and a due date that an earlier change moved."""
    from compliance.changes.models import Change, Line, Threshold
    from compliance.records.models import ExtensionLimit, Shift

    made = Change.objects.create(
        requirement=record.requirement, number=1, kind="edit", state="waiting", reason=_canary(),
        content={"audience": record.requirement.audience},
        before={"content": {}, "state": "active", "number": 1}, fingerprint="0" * 64, affected_count=1,
        worked_out_on=AT.date(), worked_out_at=AT, proposed_by=world.dee, proposed_at=AT,
    )  # fmt: skip
    Line.objects.create(change=made, user=world.dee, effect="move", due_from=record.due_on)
    Threshold.objects.create(percent=10)
    ExtensionLimit.objects.create(days=10)
    world.ids["event_job"] = outlooks.event_job(record, by=world.ada, at=AT, canary=_canary())
    outlooks.kept(record, roster=world.ids["roster"], at=AT, canary=_canary())
    world.ids["holidays"] = outlooks.of_holidays(record, by=world.dee, at=AT, canary=_canary())
    Shift.objects.create(
        record=record, moved_from=record.original_due_on, moved_to=record.due_on, grace_from=0, grace_to=0,
        change=made.public_id, number=1, reason=_canary(), by=world.ada, at=AT,
    )  # fmt: skip
    world.ids["change"] = str(made.public_id)


def _requests(world: World, record: Any) -> None:
    """What Dee asked for and Ada decided."""
    from compliance.records.models import AccessKey, Concern, Exemption, Extension, TriggeringEvent, Waiver

    asked = {
        "user": world.dee, "requirement": record.requirement, "reason": _canary(), "evidence_note": _canary(),
        "asked_by": world.dee, "asked_at": AT, "state": "approved", "decided_by": world.ada, "decided_at": AT,
    }  # fmt: skip
    first = dt.date(2027, 11, 1)
    waiver = Waiver.objects.create(
        starts_on=first, ends_on=first + dt.timedelta(days=9), ended_on=first, ended_by=world.ada, ended_at=AT,
        batch=uuid.UUID(int=1), **asked,
    )  # fmt: skip
    exemption = Exemption.objects.create(
        starts_on=first, review_on=first + dt.timedelta(days=365), ended_on=first, ended_by=world.ada,
        ended_at=AT, reviewed_by=world.ada, reviewed_at=AT, review_note=_canary(), end_reason=_canary(), **asked,
    )  # fmt: skip
    extension = Extension.objects.create(
        record=record,
        moved_from=dt.date(2026, 11, 19),
        moved_to=record.due_on,
        batch=uuid.UUID(int=1),
        undone_by=world.ada,
        undone_at=AT,
        undo_reason=_canary(),
        **asked,
    )
    event = TriggeringEvent.objects.create(
        requirement=record.requirement, kind="phishing", title=f"Test {_canary()}", account=_canary(), days=14,
        happened_on=dt.date(2026, 11, 19), reach="listed", recorded_by=world.ada, recorded_at=AT,
    )  # fmt: skip
    Concern.objects.create(
        event=event, user=world.dee, outcome="joined", record=record, presses_to=record.due_on,
        was_due_on=record.due_on,
    )  # fmt: skip
    key = AccessKey.objects.create(
        name=f"VPN {_canary()}", hint="duly_abcd", digest="0" * 64, created_by=world.ada, created_at=AT
    )
    world.ids.update(event=str(event.public_id), access_key=str(key.public_id))
    world.ids.update(waiver=str(waiver.public_id), extension=str(extension.public_id))
    world.ids.update(exemption=str(exemption.public_id), batch=str(waiver.batch))
    world.ids.update(told.told(record, by=world.ada, at=AT, canary=_canary()))
    proven.proof(world, record.requirement, waiver, extension, at=AT, canary=_canary)


def _messages(world: World) -> None:
    from lms.audit import actions as audit
    from lms.jobs.models import Job
    from lms.mail import actions as mail
    from lms.mail.models import Message

    audit.record(
        action="people.changed", by=world.ada, object_label=_canary(), object_id="1", facts={}, at=AT
    )
    mail.queue_letter(
        kind="account.notice",
        to_address=world.dee.email,
        user_id=world.dee.pk,
        key="canary",
        subject=_canary(),
        text=_canary(),
        html="",
        at=AT,
    )
    world.ids["message"] = str(Message.objects.get(key="canary").public_id)
    job = Job.objects.create(
        kind="people.roster_import", phase=_canary(), owner=world.ada, next_try_at=AT, created_at=AT
    )
    world.ids["job"] = str(job.public_id)


def _support(tenant: TenantRef) -> Any:
    """An access that the tenant has not decided about. Grants are rows of the operator's, with one tenant each."""
    from tenants.support.actions import Operator
    from tenants.tests.support import make_grant

    kit = Operator(email="kit@operator.example", name="Kit")
    return make_grant(tenant, by=kit, reason=f"Looks at what {_canary()} reported", needs_approval=True)


def tenant_models() -> list[type[Model]]:
    """Every model whose rows belong to a tenant."""
    labels = router.tenant_labels() - _SEEDED
    return [model for model in apps.get_models() if model._meta.app_label in labels and model._meta.managed]


# Rows that the database keeps as they are once they are finished: copied unfinished, their parts after them.
_UNFINISHED: dict[str, dict[str, object]] = {
    "catalog.courseversion": {"state": "draft", "published_at": None, "published_by": None},
    "learning.enrollment": {"state": "in_progress", "completed_at": None, "score": None},
}
_LAST = {"learning.certificate"}


def twin(source: TenantRef, target: TenantRef) -> None:
    """Copy every row of `source` into `target` under the same ids, with the canary and the name of the target."""
    with inside(source):
        rows = [
            row
            for model in tenant_models()
            if model._meta.label not in _WRITES_ITSELF
            for row in serializers.serialize("python", model._base_manager.all())
        ]
    text = json.dumps(rows, cls=DjangoJSONEncoder)
    for here, there in ((CANARY.format("alpha"), CANARY.format("beta")), (source.name, target.name)):
        text = text.replace(here, there)
    rows = json.loads(text)
    _name_in_files(rows)
    first = [row | {"fields": row["fields"] | _UNFINISHED.get(row["model"], {})} for row in rows]
    # In one transaction, at whose end it is asked whether every pointer leads somewhere.
    with inside(target), transaction.atomic():
        _save(row for row in first if row["model"] not in _LAST)
        for row in rows:
            if finished := {name: row["fields"][name] for name in _UNFINISHED.get(row["model"], {})}:
                apps.get_model(row["model"])._base_manager.filter(pk=row["pk"]).update(
                    **{
                        name.replace("published_by", "published_by_id"): value
                        for name, value in finished.items()
                    }
                )
        _save(row for row in rows if row["model"] in _LAST)
        _pass_over_the_ids_taken()


def _name_in_files(rows: Iterable[dict[str, Any]]) -> None:
    """The canary of the target inside of files too, which stand there in base64."""
    for row in rows:
        for each in apps.get_model(row["model"])._meta.concrete_fields:
            if isinstance(each, BinaryField) and row["fields"].get(each.name):
                content = base64.b64decode(row["fields"][each.name])
                content = content.replace(CANARY.format("alpha").encode(), CANARY.format("beta").encode())
                row["fields"][each.name] = base64.b64encode(content).decode()


def _pass_over_the_ids_taken() -> None:
    """Rows were saved under ids of their own: what is written next must not meet them."""
    for model in tenant_models():
        last = model._base_manager.aggregate(last=Max("pk"))["last"]
        if isinstance(model._meta.pk, AutoField) and last:
            with connection.cursor() as cursor:
                cursor.execute(
                    "SELECT max(nextval(pg_get_serial_sequence(%s, 'id'))) FROM generate_series(1, %s)",
                    [model._meta.db_table, last],
                )


def _save(rows: Iterable[dict[str, Any]]) -> None:
    for item in serializers.deserialize("python", list(rows)):
        item.save(force_insert=True)
