"""What somebody should look at, and what is still missing before the first reminder can leave."""

from dataclasses import dataclass, field
from datetime import date, datetime

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from compliance.evidence import queries as evidence
from compliance.oversight.queries.newer import material_again
from compliance.program import queries as program
from compliance.records import queries as records
from compliance.reminders import queries as reminders
from compliance.requirements import queries as requirements
from lms.catalog import queries as catalog
from lms.mail import queries as mail
from lms.people import queries as people
from lms.ui.dates import day_text
from tenants.agreements import queries as agreements
from tenants.enums import AgreementSide


@dataclass(frozen=True, slots=True)
class Matter:
    """One line of "Needs attention": what it is, and where it is put right."""

    text: str
    href: str
    link_text: str


@dataclass(frozen=True, slots=True)
class FirstStep:
    """One task of getting started."""

    title: str
    hint: str
    href: str
    is_done: bool


@dataclass(frozen=True, slots=True)
class Attention:
    """What needs somebody, and what will happen by itself."""

    matters: list[Matter] = field(default_factory=list)
    next_turn: reminders.UpcomingDay | None = None


def attention(
    *,
    today: date,
    at: datetime,
    decides: bool = False,
    reviews: bool = False,
    edits: bool = False,
    certifies: bool = False,
    asks_again: bool = False,
    keeps: bool = False,
) -> Attention:
    """What to look at, as of `at` (UTC; `today` is its day in the tenant's zone).

    `decides`: the viewer decides waivers or extensions; `reviews`: the viewer reviews evidence of everybody; `edits`:
    the viewer writes requirements, and decides what counts for them; `certifies`: the viewer certifies training;
    `asks_again`: the viewer records events after which training is asked for again; `keeps`: the viewer keeps the
    duties of the program.
    """
    first = reminders.next_turn_on(today=today, at=at)
    days = reminders.upcoming_days(today=today, first=first)
    matters = [
        *(_requests(today) if decides else ()),
        *(_evidence(today) if reviews else ()),
        *(_equivalences() if edits else ()),
        *(_loads() if certifies else ()),
        *(_material(today, at) if asks_again else ()),
        *(_duties(today) if keeps else ()),
        *_unanswerable(),
        *_unreviewed(today),
        *_offers(),
        *_undelivered(),
        *_imports(),
    ]
    return Attention(matters=matters, next_turn=days[0] if days else None)


def _requests(today: date) -> list[Matter]:
    """What somebody has to decide, and exemptions that somebody has to look at again."""
    found = []
    for kind in records.KINDS:
        count = records.waiting_count(kind)
        if count:
            text = _WAITING[kind](count) % {"n": count}
            href = f"{reverse('oversight:requests')}?kind={kind}&state=waiting"
            found.append(Matter(text, href, _("Look at them")))
    if count := records.up_for_review(today).count():
        text = ngettext(
            "%(n)d exemption is to be looked at again", "%(n)d exemptions are to be looked at again", count
        )
        href = f"{reverse('oversight:requests')}?kind=exemptions&review=due"
        found.append(Matter(text % {"n": count}, href, _("Look at them")))
    return found


def _evidence(today: date) -> list[Matter]:
    """Proof that waits for a review, and how much of it longer than the aim."""
    counts = evidence.waiting_counts(people.Reach(is_everyone=True), today)
    if not counts.total:
        return []
    text = ngettext("%(n)d proof of training waits", "%(n)d proofs of training wait", counts.total)
    text %= {"n": counts.total}
    if counts.late:
        text = _("%(waiting)s, %(late)d longer than the aim") % {"waiting": text, "late": counts.late}
    return [Matter(text, f"{reverse('evidence:queue')}?state=waiting", _("Review them"))]


def _duties(today: date) -> list[Matter]:
    """Duties of the program that are overdue, and those that nobody owns."""
    counts, href, found = program.counts(today), reverse("program:list"), []
    if late := counts["overdue"]:
        text = ngettext(
            "%(n)d duty of the program is overdue", "%(n)d duties of the program are overdue", late
        )
        found.append(Matter(text % {"n": late}, f"{href}?show=overdue", _("Look at them")))
    if unowned := counts["unowned"]:
        text = ngettext(
            "%(n)d duty of the program has no owner", "%(n)d duties of the program have no owner", unowned
        )
        found.append(Matter(text % {"n": unowned}, f"{href}?show=unowned", _("Name somebody")))
    return found


_WAITING = {
    "waivers": lambda n: ngettext(
        "%(n)d waiver waits for a decision", "%(n)d waivers wait for a decision", n
    ),
    "exemptions": lambda n: ngettext(
        "%(n)d exemption waits for a decision", "%(n)d exemptions wait for a decision", n
    ),
    "extensions": lambda n: ngettext(
        "%(n)d extension waits for a decision", "%(n)d extensions wait for a decision", n
    ),
    "certifications": lambda n: ngettext(
        "%(n)d certification waits for a decision", "%(n)d certifications wait for a decision", n
    ),
    "revocations": lambda n: ngettext(
        "%(n)d revocation waits for a decision", "%(n)d revocations wait for a decision", n
    ),
    "reinstatements": lambda n: ngettext(
        "%(n)d revocation may be taken back: it waits for a decision",
        "%(n)d revocations may be taken back: they wait for a decision",
        n,
    ),
}


def _equivalences() -> list[Matter]:
    """Proposals that one course counts for another."""
    count = requirements.waiting_equivalences()
    if not count:
        return []
    text = ngettext(
        "%(n)d equivalent course waits for a decision", "%(n)d equivalent courses wait for a decision", count
    )
    href = reverse("requirements:equivalences") + "?state=waiting"
    return [Matter(text % {"n": count}, href, _("Look at them"))]


def _loads() -> list[Matter]:
    """Past completions that are to be loaded, or taken back."""
    count = records.waiting_loads()
    if not count:
        return []
    text = ngettext(
        "%(n)d load of past completions waits for a decision",
        "%(n)d loads of past completions wait for a decision",
        count,
    )
    return [Matter(text % {"n": count}, reverse("oversight:loads"), _("Look at them"))]


def _material(today: date, at: datetime) -> list[Matter]:
    """Courses whose author says that they changed so much that they should be done again, until somebody asks."""
    return [
        Matter(
            _("%(course)s: version %(number)d changed materially")
            % {"course": one.title, "number": one.number},
            reverse("catalog:course-detail", args=[one.course_public_id]),
            _("Ask people to do it again, or leave it"),
        )
        for one, _again in material_again(today, at)
    ]


def _unanswerable() -> list[Matter]:
    """Requirements that ask for courses none of which is open: nobody can do them until one is."""
    return [
        Matter(
            _("%(title)s: nobody can do it, as none of its courses is open") % {"title": each.title},
            reverse("requirements:detail", args=[each.public_id]),
            _("Publish the course, or choose another"),
        )
        for each in requirements.unanswerable()
    ]


def _unreviewed(today: date) -> list[Matter]:
    """Courses open to learners whose content nobody has looked at again by the day their author set."""
    return [
        Matter(
            _("%(course)s: its content was to be looked at again by %(day)s")
            % {"course": one.title, "day": day_text(one.review_by)},
            reverse("catalog:course-detail", args=[one.course_public_id]),
            _("See the course"),
        )
        for one in catalog.overdue_reviews(today=today)
    ]


def _offers() -> list[Matter]:
    """Universities that ask this site to share its figures, until an owner has decided."""
    return [
        Matter(
            _("%(name)s asks to see figures of this site") % {"name": one.other_name},
            reverse("oversight:given-detail", args=[one.public_id]),
            _("Look at the offer"),
        )
        for one in agreements.agreements(AgreementSide.DEPARTMENT)
        if one.is_offered
    ]


def _undelivered() -> list[Matter]:
    count = mail.failed_count()
    if not count:
        return []
    text = ngettext("%(n)d message could not be delivered", "%(n)d messages could not be delivered", count)
    return [Matter(text % {"n": count}, reverse("mail:message-list") + "?state=failed", _("See which"))]


def _imports() -> list[Matter]:
    for roster in people.recent_imports(limit=1):
        errors = int(roster.counts.get("error", 0))
        if errors:
            text = ngettext(
                "%(n)d row of %(file)s was not imported", "%(n)d rows of %(file)s were not imported", errors
            )
            href = reverse("people:import-detail", args=[roster.public_id])
            return [Matter(text % {"n": errors, "file": roster.file_name}, href, _("See the rows"))]
    return []


def first_steps(*, has_people: bool) -> list[FirstStep]:
    """The way to the first reminder; empty once a requirement is in force. `has_people` besides the owner."""
    if requirements.in_force():
        return []
    has_course = bool(catalog.published_courses())
    return [
        FirstStep(
            _("Import your people"),
            _("A file from your HR system is enough: names, e-mail addresses, departments."),
            reverse("people:import-new"),
            has_people,
        ),
        FirstStep(
            _("Publish a course"),
            _("Take the course that comes with the site, or bring your own."),
            reverse("catalog:course-list"),
            has_course,
        ),
        FirstStep(
            _("Say who must take it"),
            _("You see who is affected, and with which dates, before anything is turned on."),
            reverse("requirements:new"),
            False,
        ),
    ]
