"""Keeping what was uploaded, and what was decided about its columns."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import islice

from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from lms.audit import actions as audit
from lms.jobs import actions as jobs
from lms.jobs import queries as jobs_queries
from lms.people import messages_rosters, queries
from lms.people.enums import AbsentPolicy, AffiliationKind, FieldKind, RosterImportState, RowOutcome
from lms.people.imports import decode, dialect, mapping, outlook
from lms.people.imports.decode import NotReadable
from lms.people.imports.dialect import Header, Record
from lms.people.imports.mapping import Layout, Own
from lms.people.kinds import Summary
from lms.people.models import RosterImport, User
from lms.people.queries import counted
from tenants import clock, patience, plans
from tenants.plans import Limit

CHECK_JOB = "people.roster_check"
UNDO_CHECK_JOB = "people.roster_undo_check"
UNDO_JOB = "people.roster_undo"
SAMPLE_ROWS = 5
# Any number that no other advisory lock uses; the schema is mixed in, so tenants never wait for each other.
_LOCK = 0x726F73
# Above this share of the people on the roster, ending those who are absent has to be confirmed in figures.
MANY_LEAVE = 0.1


class NotNow(Exception):
    """The import is not at the step that was asked for: a second click, or another person was faster."""


class Refused(Exception):
    """It cannot be done, or not by this person; the message says so to them."""


class NotConfirmed(Exception):
    """Many people would be ended, and their number was not typed in."""


class NotSeen(Exception):
    """What the import does was worked out anew since the page was made; nothing was started."""


@dataclass(frozen=True, slots=True)
class Reading:
    """The beginning of a file, read in one way, for people to judge."""

    header: Header
    rows: list[list[str]]
    line_count: int
    unknown_kinds: list[str] = field(default_factory=list)
    date_order: str = mapping.DAY_FIRST
    is_date_order_certain: bool = True
    own: dict[str, Own] = field(default_factory=dict)


def upload(*, content: bytes, file_name: str, by: User | None, at: datetime) -> RosterImport:
    """Keep a file with a guess at everything about it. Raises NotReadable with a sentence, and LimitReached."""
    plans.refuse_uploads()
    decoded = decode.decode(content)
    delimiter = dialect.sniff(decoded.text)
    header, _records = _open(decoded.text, delimiter)
    layout = _guess(header, decoded.text, delimiter)
    return RosterImport.objects.create(
        file_name=file_name.replace("\x00", "")[-255:],
        content=content,
        encoding=decoded.encoding,
        delimiter=delimiter,
        mapping=layout.stored(),
        options={"is_encoding_guessed": decoded.is_guess, "absent": AbsentPolicy.KEEP},
        created_by=by,
        created_at=at,
    )


def reading(roster: RosterImport, *, encoding: str = "", delimiter: str = "") -> Reading:
    """The header, the first rows, and what in the file needs a person to explain it. Raises NotReadable."""
    text = decode.decode(bytes(roster.content), encoding or roster.encoding).text
    header, records = _open(text, delimiter or roster.delimiter)
    own = _own_fields()
    columns = mapping.guess_columns(header.names, own)
    dated = _dated(own)
    sample: list[list[str]] = []
    kinds: list[str] = []
    dates: list[str] = []
    count = 0
    for record in records:
        count += 1
        if len(sample) < SAMPLE_ROWS and record.problem is None:
            sample.append(_padded(record.cells, len(header.names)))
        kinds.extend(_cells(record, columns, ("kind",)))
        dates.extend(_cells(record, columns, dated))
    order, is_certain = mapping.date_order(dates)
    return Reading(header, sample, count, mapping.unknown_kinds(kinds)[:20], order, is_certain, own)


def records_of(roster: RosterImport) -> tuple[Header, Iterator[Record]]:
    """The header and the records of a kept file. Raises NotReadable."""
    text = decode.decode(bytes(roster.content), roster.encoding).text
    return _open(text, roster.delimiter)


def choose_columns(
    *, roster: RosterImport, layout: Layout, encoding: str, delimiter: str, by: User | None, at: datetime
) -> None:
    """Settle how the file is read, and have it checked. Raises NotReadable, NotNow."""
    text = decode.decode(bytes(roster.content), encoding).text
    header, _records = _open(text, delimiter)
    names = {name: header.names[index] for name, index in layout.columns.items()}
    settled = replace(layout, names=names, width=len(header.names))
    with transaction.atomic():
        locked = held(roster, RosterImportState.UPLOADED, RosterImportState.CHECKED)
        if locked.undoes_id:
            raise NotNow  # it has no file
        locked.encoding, locked.delimiter = encoding, delimiter
        locked.mapping = settled.stored()
        locked.options = {name: value for name, value in locked.options.items() if name != "is_stale"}
        locked.state = RosterImportState.CHECKING
        locked.job_public_id = jobs.start(
            kind=CHECK_JOB, params={"roster": roster.pk}, by=by, at=at
        ).public_id
        locked.save(update_fields=["encoding", "delimiter", "mapping", "options", "state", "job_public_id"])


def start_import(
    *,
    roster: RosterImport,
    absent: str,
    confirmed_count: int | None,
    by: User | None,
    at: datetime,
    seen: str | None = None,
) -> RosterImport:
    """Have the checked file imported, or ask a second person first where it concerns so many that it takes two.

    `seen` names the outlook that was on the screen. Raises NotNow, NotConfirmed, NotSeen, and LimitReached for more
    people than the plan's, and Refused while an import is being undone.
    """
    with transaction.atomic():
        locked = held(roster, RosterImportState.CHECKED)
        if locked.undoes_id:
            raise NotNow  # an undo is begun as one
        leaving = locked.counts.get("absent", 0)
        is_many = leaving > MANY_LEAVE * locked.counts.get("on_roster", 0)
        if absent == AbsentPolicy.DEACTIVATE and is_many and confirmed_count != leaving:
            raise NotConfirmed
        refuse_beyond_plan(locked, absent)
        looked = outlook.of(locked, at=at).summary()
        if seen is not None and looked is not None and seen != looked.seen:
            raise NotSeen
        locked.seen = looked.digests[absent] if looked else ""
        locked.options = {**locked.options, "absent": absent}
        locked.asked_by, locked.asked_at = by, at
        locked.decided_by, locked.decided_at, locked.decision_note = None, None, ""
        if needs_second(locked, absent, looked, by=by, at=at):
            locked.state = RosterImportState.WAITING
            locked.save()
            messages_rosters.tell_approvers(
                locked, queries.import_approvers(by, today=clock.today(at)), at=at
            )
            note("people.import_asked", locked, by=by, at=at)
        else:
            begin(locked, at=at)
    return locked


def begin(locked: RosterImport, *, at: datetime) -> None:
    """Start the job for whoever asked, in the caller's transaction. Raises Refused.

    Nothing is undone while something is imported, nor the other way round: what the one reads the other writes.
    """
    begin_alone()
    if why := queries.why_not_begun(locked, at):
        raise Refused(why)
    locked.state = RosterImportState.IMPORTING
    locked.job_public_id = jobs.start(
        kind=import_kind(locked), params={"roster": locked.pk}, by=locked.asked_by, at=at
    ).public_id
    locked.save()


def check_kind(roster: RosterImport) -> str:
    """The kind of job that works out what it does."""
    return UNDO_CHECK_JOB if roster.undoes_id else CHECK_JOB


def import_kind(roster: RosterImport) -> str:
    """The kind of job that does it."""
    return UNDO_JOB if roster.undoes_id else counted.IMPORT_JOB


def needs_second(
    roster: RosterImport, absent: str, looked: Summary | None, *, by: User | None, at: datetime
) -> bool:
    """Whether so many are concerned that a second person has to agree; never where nobody else may.

    `looked` is the outlook as it was kept.
    """
    if looked is None or by is None or (limit := outlook.of(roster, at=at).limit()) is None:
        return False
    count = looked.affected(absent, roster.counts.get("absent", 0))
    # Whoever is taken out of the list is concerned, whether they owed anything or not.
    count = max(count, roster.counts.get(RowOutcome.REMOVE, 0))
    return count > limit and bool(queries.import_approvers(by, today=clock.today(at)))


def resume(*, roster: RosterImport, by: User, at: datetime) -> None:
    """Take up a check or an import whose job was cancelled or gave up. Raises NotNow while it is running,
    and LimitReached where the places it had were taken meanwhile.
    """
    refuse_running(roster, by)  # without waiting for a row that its job holds
    with transaction.atomic():
        locked = held(roster, RosterImportState.CHECKING, RosterImportState.IMPORTING)
        refuse_running(locked, by)
        kind = check_kind(locked) if locked.state == RosterImportState.CHECKING else import_kind(locked)
        if kind == counted.IMPORT_JOB and (new := queries.still_to_come(locked)):
            plans.admit(Limit.PEOPLE, more=new, taken=queries.places_taken)
        locked.job_public_id = jobs.start(kind=kind, params={"roster": roster.pk}, by=by, at=at).public_id
        locked.save(update_fields=["job_public_id"])


def refuse_running(roster: RosterImport, by: User) -> None:
    """Raises NotNow while its job is open."""
    job = jobs_queries.visible_to(by, roster.job_public_id) if roster.job_public_id else None
    if job is not None and job.is_open:
        raise NotNow


def refuse_beyond_plan(roster: RosterImport, absent: str) -> None:
    """Whoever is on the plan already may be imported again and again; only somebody new can be one too many.

    Raises LimitReached.
    """
    leaving = roster.counts.get("absent", 0) if absent == AbsentPolicy.DEACTIVATE else 0
    new = roster.counts.get(RowOutcome.CREATE, 0)
    if new:
        plans.admit(Limit.PEOPLE, more=new - leaving, taken=queries.places_taken)


def note(action: str, roster: RosterImport, *, by: User | None, at: datetime) -> None:
    """One line in the log: which file, whom it concerns, and what was said; `action` as for an import."""
    if roster.undoes_id:
        action = action.replace(".import_", ".undo_")
    facts = {"digest": roster.seen, "absent": roster.options.get("absent"), "note": roster.decision_note}
    audit.record(
        action=action,
        by=by,
        at=at,
        object_label=roster.file_name,
        object_id=roster.public_id,
        facts={name: value for name, value in facts.items() if value},
    )


def begin_alone() -> None:
    """Until the end of the transaction nobody else of this tenant begins an import or an undo. Raises Refused."""
    busy = _("Another import is being made just now. Nothing was begun; try again when it has finished.")
    with patience.or_refuse(lambda: Refused(busy)), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, hashtext(current_schema()))", [_LOCK])


def held(roster: RosterImport, *states: RosterImportState) -> RosterImport:
    """The import, locked, if it is in one of these states. Raises NotNow.

    Looked at before it is waited for: the job of an undo holds its own for minutes.
    """
    if not RosterImport.objects.filter(pk=roster.pk, state__in=states).exists():
        raise NotNow
    locked = RosterImport.objects.select_for_update(of=("self",)).defer("content").get(pk=roster.pk)
    if locked.state not in states:
        raise NotNow
    return locked


def _open(text: str, delimiter: str) -> tuple[Header, Iterator[Record]]:
    records = dialect.records(text, delimiter)
    first = next(records, None)
    if first is None:
        raise NotReadable(_("The file is empty."))
    header = dialect.header_of(first)
    second = next(records, None)
    if second is None:
        raise NotReadable(_("The file names its columns and holds no people below them."))
    return header, _limited(second, records)


def _limited(second: Record, rest: Iterator[Record]) -> Iterator[Record]:
    yield second
    yield from islice(rest, dialect.MAX_RECORDS - 1)
    if next(rest, None) is not None:
        raise NotReadable(
            _("The file has more than 200,000 lines. Split it and import one part after the other.")
        )


def _guess(header: Header, text: str, delimiter: str) -> Layout:
    own = _own_fields()
    columns = mapping.guess_columns(header.names, own)
    _header, records = _open(text, delimiter)
    dates = [cell for record in records for cell in _cells(record, columns, _dated(own))]
    return Layout(
        columns=columns,
        names={name: header.names[index] for name, index in columns.items()},
        width=len(header.names),
        default_kind="" if "kind" in columns else AffiliationKind.STAFF,
        date_order=mapping.date_order(dates)[0],
        own={key: one for key, one in own.items() if mapping.OWN + key in columns},
    )


def _own_fields() -> dict[str, Own]:
    """The university's own fields that are in use, by key."""
    return {field.key: Own(field.name, field.kind, list(field.choices)) for field in queries.live_fields()}


def _dated(own: Mapping[str, Own]) -> tuple[str, ...]:
    """What holds dates."""
    return (*mapping.DATES, *(mapping.OWN + key for key, one in own.items() if one.kind == FieldKind.DATE))


def _cells(record: Record, columns: dict[str, int], names: tuple[str, ...]) -> list[str]:
    indexes = [columns[name] for name in names if name in columns]
    return [record.cells[index] for index in indexes if index < len(record.cells) and record.cells[index]]


def _padded(cells: list[str], width: int) -> list[str]:
    return [*cells, *[""] * (width - len(cells))][:width]
