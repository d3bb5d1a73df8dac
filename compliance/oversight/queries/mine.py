"""What one person owes and has done, for the person themself and for those who look after them."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _

from compliance.oversight import rules
from compliance.records import queries as records
from compliance.records.enums import ComplianceStatus, CycleProgress
from lms.learning import queries as learning
from lms.ui import dates

LATE = frozenset({ComplianceStatus.OVERDUE, ComplianceStatus.EXPIRED})
OPEN = LATE | {ComplianceStatus.EXPIRING, ComplianceStatus.NOT_YET_DUE, ComplianceStatus.IN_GRACE}


@dataclass(frozen=True, slots=True)
class Duty:
    """One requirement as its person meets it: the obligation, the course it asks for, and what proves it.

    `course` is the one begun, else the one offered first; None while nothing is published that could be taken.
    `others` are what may be taken instead.
    """

    owed: records.Owed
    course: learning.CourseStanding | None
    certificate: UUID | None
    others: tuple[learning.CourseStanding, ...] = ()

    @property
    def is_open(self) -> bool:
        """Whether there is something to do now; a renewal counts although the person is still compliant."""
        return self.owed.status in OPEN

    @property
    def is_counted(self) -> bool:
        """Whether it is asked at all: of whoever is excused from it, work is not followed."""
        return self.owed.status != ComplianceStatus.EXCUSED

    @property
    def is_late(self) -> bool:
        """Whether the due date and any grace have passed."""
        return self.owed.status in LATE

    @property
    def counts_in_grace(self) -> str:
        """That it counts as compliant although it was due, and until when it can be done; empty where it does not."""
        ends_on = self.owed.grace_ends_on
        if self.owed.status != ComplianceStatus.IN_GRACE or not self.owed.is_compliant or ends_on is None:
            return ""
        return _("counts as compliant, days of grace until %(day)s") % {"day": dates.day_text(ends_on)}

    @property
    def is_started(self) -> bool:
        """Whether the person is in the middle of the course that this open cycle asks for, or failed in it."""
        return self.is_open and self.course is not None and self.course.state == "in_progress"

    @property
    def is_failed(self) -> bool:
        """Whether the last try of that was handed in and not passed, so that it has to be tried again."""
        return self.is_open and self.owed.progress == CycleProgress.FAILED

    @property
    def why(self) -> tuple[str, ...]:
        """Why this person has it, in sentences: what was recorded when it was assigned, and what is now."""
        return self.owed.explained.why

    @property
    def date_why(self) -> tuple[str, ...]:
        """Why it is due when it is, in sentences that lead there; of what is done, why it counts until when it does.

        The same words wherever the obligation is shown, and in the mail.
        """
        if self.is_open:
            return self.owed.explained.dates or self.owed.explained.counts
        return self.owed.explained.counts if self.owed.status == ComplianceStatus.COMPLIANT else ()

    @property
    def next_time(self) -> str:
        """When it comes back: "3 Feb 2027, can be done from 5 Dec 2026", how often while it is open; empty: never."""
        following = self.owed.explained.next
        if following is None:
            return self.owed.explained.again if self.is_open else ""
        days = {"due": dates.day_text(following.due_on), "opens": dates.day_text(following.window_opens_on)}
        return _("%(due)s, can be done from %(opens)s") % days

    @property
    def opens_on(self) -> date | None:
        """From which day on it can be renewed; None: it never has to be, or it is open."""
        following = self.owed.explained.next
        return following.window_opens_on if following is not None else None

    @property
    def waiting(self) -> str:
        """What there is no due date without, in words; empty where there is one."""
        return str(records.waiting_text(self.owed.because))

    @property
    def length(self) -> str:
        """How long it takes, or how much of it is left."""
        if self.course is None:
            return ""
        if not self.is_started:
            return _("About %(time)s") % {"time": dates.minutes_text(self.course.minutes)}
        if self.course.next_lesson_number is None:
            return ""
        return _("Lesson %(number)s of %(count)s, about %(time)s left") % {
            "number": self.course.next_lesson_number,
            "count": self.course.lesson_count,
            "time": dates.minutes_text(self.course.minutes_left),
        }

    @property
    def course_name(self) -> str:
        """Which course it is, where the name of the requirement alone does not say."""
        if self.course is None or not (self.others or self.owed.round > 1):
            return ""
        return self.course.course_title

    @property
    def validity(self) -> str:
        """When it was completed, and until when that counts; empty when it never was."""
        if self.owed.completed_on is None:
            return ""
        completed = dates.day_text(self.owed.completed_on)
        if self.owed.valid_until is None:
            return _("Completed %(day)s") % {"day": completed}
        until = dates.day_text(self.owed.valid_until)
        return _("Completed %(day)s, valid until %(until)s") % {"day": completed, "until": until}

    @property
    def asked_again(self) -> str:
        """The event because of which it has to be done again, in words; empty without one."""
        return str(records.asked_again_text(dict(self.owed.because)))

    @property
    def asked_apart(self) -> str:
        """As `asked_again`, where the sentences about the date do not say it, as after a waiver."""
        said = self.asked_again.rstrip(".")
        return "" if any(said in sentence for sentence in self.date_why) else said

    @property
    def excuse(self) -> str:
        """Until or since when and why the person is excused; empty without a waiver or exemption."""
        if self.owed.exempt_since is not None:
            return self._exempt(self.owed.exempt_since)
        if self.owed.excused_until is None:
            return ""
        until = {"day": dates.day_text(self.owed.excused_until), "reason": self.owed.excused_because}
        return _("Excused until %(day)s, because: %(reason)s") % until

    def _exempt(self, since: date) -> str:
        facts = {
            "since": dates.day_text(since),
            "until": dates.day_text(self.owed.excused_until) if self.owed.excused_until else "",
            "reason": self.owed.excused_because,
            "name": self.owed.exempt_by,
        }
        if facts["until"]:
            return (
                _("Exempt since %(since)s until %(until)s, because: %(reason)s. Decided by %(name)s.") % facts
            )
        return _("Exempt since %(since)s, because: %(reason)s. Decided by %(name)s.") % facts

    @property
    def extended(self) -> str:
        """From which day an extension moved the due date; empty where none did."""
        if self.owed.extended_from is None or not self.is_open:
            return ""
        return _("extended from %(day)s") % {"day": dates.day_text(self.owed.extended_from)}

    @property
    def hint(self) -> str:
        """The second line of its row."""
        if self.excuse:
            return self.excuse
        if not self.is_open:
            return " · ".join(filter(None, (self.validity, self.owed.counts_because)))
        moved = records.moved_text(self.owed.moved_by)
        parts = (
            self.counts_in_grace,
            self.waiting,
            self.asked_again,
            self.extended,
            moved,
            self.length,
            self.course_name,
            self.validity,
        )
        return " · ".join(filter(None, parts))

    @property
    def url(self) -> str:
        """Straight into the course; empty while there is none."""
        return reverse("learning:course-enter", args=[self.course.course_public_id]) if self.course else ""

    @property
    def certificate_url(self) -> str:
        """The certificate of the last completion; empty where there is none."""
        return credit_url(self.owed.credit) or certificate_url(self.certificate)


@dataclass(frozen=True, slots=True)
class MyTraining:
    """Everything required of one person, sorted by what it asks of them."""

    todo: list[Duty] = field(default_factory=list)
    done: list[Duty] = field(default_factory=list)
    excused: list[Duty] = field(default_factory=list)

    @property
    def everything(self) -> list[Duty]:
        """All duties: open, done, excused."""
        return [*self.todo, *self.done, *self.excused]

    @property
    def has_owners(self) -> bool:
        """Whether somebody answers for each of them, who can be asked."""
        return all(duty.owed.explained.owner for duty in self.everything)

    @property
    def continue_with(self) -> Duty | None:
        """The one thing to do next: what was begun, else what is due first."""
        possible = [duty for duty in self.todo if duty.course]
        return next((duty for duty in possible if duty.is_started), possible[0] if possible else None)

    @property
    def lists_todo(self) -> bool:
        """Whether there is more to do than the one thing the page begins with."""
        return len(self.todo) > bool(self.continue_with)

    @property
    def standing(self) -> str:
        """The word for the person: who is in time is told so, though the overview counts only who is done."""
        if not self.todo and not self.done:
            return "nothing_required"
        missing = [duty for duty in self.todo if not duty.owed.is_compliant]
        if all(duty.owed.status == ComplianceStatus.NOT_YET_DUE for duty in missing):
            return "not_yet_due" if missing else "compliant"
        return "not_compliant"

    @property
    def sentence(self) -> str:
        """Am I done, and if not, what by when: the first line of the learner's home."""
        due = [duty.owed.due_on for duty in self.todo if duty.owed.due_on]
        valid = [duty.owed.valid_until for duty in self.done if duty.owed.valid_until]
        return rules.standing_sentence(
            todo_count=len(self.todo),
            late_count=sum(duty.is_late for duty in self.todo),
            done_count=len(self.done),
            next_due=dates.day_text(min(due)) if due else "",
            valid_until=dates.day_text(min(valid)) if valid else "",
        )


@dataclass(frozen=True, slots=True)
class Past:
    """One cycle that is over, with its certificate."""

    cycle: records.PastCycle
    certificate_url: str


def my_training(*, user_id: int, today: date) -> MyTraining:
    """What is required of a person on `today` (tenant's zone), late and due first in each part."""
    return _sorted(records.owed_by(user_id, today), user_id, _certificates(user_id))


def my_record(*, user_id: int, today: date) -> tuple[MyTraining, list[Past]]:
    """As `my_training`, and every cycle that is over, newest first."""
    certificates, dossier = _certificates(user_id), records.dossier(user_id, today)
    past = [
        Past(one, credit_url(one.credit) or certificate_url(certificates.get(one.enrollment_id or 0)))
        for one in dossier.past
    ]
    return _sorted(dossier.owed, user_id, certificates), past


def too_early_for(*, user_id: int, course_id: int, today: date) -> list[Duty]:
    """What this course answers, and is done for now: a pass before the renewal opens renews nothing."""
    return [
        duty
        for duty in my_training(user_id=user_id, today=today).done
        if duty.opens_on is not None
        and duty.opens_on > today
        and course_id in {each.id for each in duty.owed.courses}
    ]


def certificate_url(public_id: UUID | None) -> str:
    """The page of a certificate; empty for None."""
    return reverse("learning:certificate", args=[public_id]) if public_id else ""


def credit_url(credit: Any) -> str:
    """The page of the certificate that a credit gives; empty where it gives none."""
    has_one = credit is not None and credit.code
    return reverse("oversight:credit-certificate", args=[credit.public_id]) if has_one else ""


def _certificates(user_id: int) -> dict[int, UUID]:
    return {one.enrollment_id: one.public_id for one in learning.certificates_of(user_id)}


def _sorted(owed: list[records.Owed], user_id: int, certificates: dict[int, UUID]) -> MyTraining:
    courses = learning.standings(
        user_id=user_id, course_ids={each.id for one in owed for each in one.courses}
    )
    mine = MyTraining()
    for one in owed:
        can_take = [
            courses[each.id] for each in one.courses if each.id in courses and _is_offered(each, courses)
        ]
        begun = next((each for each in can_take if each.state == "in_progress"), None)
        course = begun or next(iter(can_take), None)
        others = tuple(each for each in can_take if each is not course)
        duty = Duty(one, course, certificates.get(one.enrollment_id or 0), others)
        if duty.is_open:
            mine.todo.append(duty)
        elif one.status == ComplianceStatus.COMPLIANT:
            mine.done.append(duty)
        elif one.status == ComplianceStatus.EXCUSED:
            mine.excused.append(duty)
    return mine


def _is_offered(course: records.AskedCourse, courses: dict[int, learning.CourseStanding]) -> bool:
    """Whether it can be begun, or was begun before it was closed."""
    return course.is_open or courses[course.id].state == "in_progress"
