"""The last fifteen months of the demo, in order. Call inside its tenant; all or nothing is the caller's transaction."""

import datetime as dt
import io
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.utils.translation import gettext as _

from compliance.changes import actions as changes
from compliance.changes.enums import Kind as ChangeKind
from compliance.history import actions as history
from compliance.oversight.demo import certified, duties, grounds, learning, population, proof, rosterfile
from compliance.oversight.demo.learning import Course, Courses
from compliance.oversight.demo.population import Invented
from compliance.records import actions as records
from compliance.reminders import actions as reminders
from compliance.requirements import actions as requirements
from compliance.requirements import queries as requirement_queries
from lms.people import actions as people_actions
from tenants import clock

_DAY = dt.timedelta(days=1)
_ROLES = (("bo.brandt", "compliance_officer"),)
_ASKED_FOR = (population.Fate.NEVER, population.Fate.IN_GRACE, population.Fate.OVERDUE)

Say = Callable[[str], None]


class Story:
    """One telling: who there is, what day it is, and what everybody learns and owes."""

    courses: Courses
    yearly: Any

    def __init__(self, *, subdomain: str, at: dt.datetime, say: Say) -> None:
        """``at`` is the present moment (UTC); everything happens before it."""
        self.subdomain = subdomain
        self.at = at
        self.today = clock.today(at)
        self.say = say
        self.people = population.population(self.today)
        self.learned_until = dt.date.min
        self.further: list[tuple[dt.date, Invented, Course]] = []

    def tell(self) -> None:
        """From the first roster to this morning's reminders; what comes later never stands in the way of before."""
        first, *others = population.ROSTERS
        self._import_roster(first)
        owner = self._who("ada.alvarez")
        self._give_roles(owner)
        self._publish_courses(owner)
        for days_ago in others:
            self._import_roster(days_ago)
            self._turn(days_ago)
            if days_ago == population.TURNED_ON + 5:
                self._learn(until=population.TURNED_ON)
                self._keep_holidays(owner)
                self._require(owner)
            elif days_ago == population.STUDENTS_TURNED_ON + 5:
                self._require_of_students(owner)
                self._require_more(owner)
        self._learn(until=0)
        self._begin()
        history.recorded_at(self._moment(self.today - 2 * _DAY, 10))
        duties.let_in(self._scene(owner), duties.members(self.people), self._users())
        self._except(owner)
        self._prove()
        self._correct(owner)
        self._certify(owner)
        self._turn(0)
        self._propose()
        self._remind()

    def _import_roster(self, days_ago: int) -> None:
        day = self.today - days_ago * _DAY
        lines = population.roster_on(self.people, day)
        self.say(f"roster of {day}: {len(lines)} people")
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / f"lindenhof-{day}.csv"
            path.write_text(rosterfile.written(lines), encoding="utf-8")
            out = io.StringIO()
            history.recorded_at(self._moment(day, 7))
            with clock.frozen(self._moment(day, 7)):
                try:
                    call_command("import_roster", str(path), tenant=self.subdomain, json=True, stdout=out)
                except SystemExit as end:
                    if end.code:
                        raise RuntimeError(f"The roster of {day} was refused: {out.getvalue()}") from end

    def _give_roles(self, owner: Any) -> None:
        day = self.today - population.ROSTERS[0] * _DAY
        at = self._moment(day, 9)
        for local_part, role in _ROLES:
            people_actions.grant_role(user=self._who(local_part), role=role, by=owner, at=at)

    def _publish_courses(self, owner: Any) -> None:
        day = self.today - population.EQUATED * _DAY
        self.courses = learning.publish(
            subdomain=self.subdomain,
            by=owner,
            at=self._moment(self.today - population.PUBLISHED * _DAY, 10),
            later=self._moment(day, 9),
        )
        duties.equate(self._scene(owner), self.courses, day)

    def _scene(self, owner: Any) -> duties.Scene:
        return duties.Scene(self.today, owner, self._who("bo.brandt"), self._moment, self._turn_on)

    def _keep_holidays(self, owner: Any) -> None:
        named = (
            ((1, 1), _("New Year’s Day")),
            ((12, 24), _("University closed")),
            ((12, 25), _("Christmas Day")),
        )
        years = (self.today.year, self.today.year + 1)
        days = {dt.date(year, *day): name for year in years for day, name in named}
        changes.open_holidays(
            days=days, by=owner, at=self._moment(self.today - population.TURNED_ON * _DAY, 14)
        )

    def _require(self, owner: Any) -> None:
        day = self.today - population.TURNED_ON * _DAY
        phishing, refresher = self.courses.phishing, self.courses.refresher
        self.yearly = self._turn_on(
            requirements.Definition(
                title=_("Recognising phishing, every year"),
                purpose=_(
                    "Most break-ins at universities begin with a message. Our insurer asks for this training."
                ),
                satisfiers=requirements.courses(phishing.id, later={2: [refresher.id]}),
                audience={"all": [{"kinds": ["staff", "faculty"]}]},
                starts_on=day,
                first_due_days=30,
                recurs_months=12,
                window_days=60,
                grace_days=14,
                credit_since=day - 200 * _DAY,
                rungs=[{"days": 7, "to": "manager"}, {"days": 14, "to": "department"}],
            ),
            owner,
            day,
            basis=grounds.of_phishing(self._who("bo.brandt"), day),
        )
        self._turn(population.TURNED_ON)
        draft = requirements.create_draft(
            definition=requirements.Definition(
                title=_("Contractors with an account"),
                purpose=_("For whoever works in our systems without being employed here."),
                satisfiers=requirements.courses(phishing.id),
                audience={"all": [{"kinds": ["contractor"]}]},
                starts_on=self.today + 30 * _DAY,
                first_due_days=10,
                due_unit="working",
                roll="later",
                recurs_months=24,
            ),
            basis=grounds.of_contractors(owner),
            by=owner,
            at=self._moment(self.today - 2 * _DAY, 15),
        )
        self._name_by_hand(draft, owner)

    def _name_by_hand(self, requirement: Any, owner: Any) -> None:
        """Somebody whom no rule can say, so that the page of them is not empty."""
        day = self.today - 2 * _DAY
        person = self._who("bo.brandt")
        shared: dict[str, Any] = {
            "side": "include",
            "reason": _("Lets contractors into our systems and answers for what they do there."),
            "until": self.today + 180 * _DAY,
            "by": owner,
            "today": day,
        }
        seen = requirement_queries.consequences(requirement, [person.pk], requirements.naming(**shared), day)
        requirements.name_by_hand(
            requirement=requirement,
            people=[person],
            fingerprint=seen.fingerprint,
            at=self._moment(day, 16),
            **shared,
        )

    def _require_of_students(self, owner: Any) -> None:
        day = self.today - population.STUDENTS_TURNED_ON * _DAY
        self._turn_on(
            requirements.Definition(
                title=_("Before student workers get an account"),
                purpose=_("Once, when they start: they see the data of other students. Either course does."),
                satisfiers=requirements.courses(self.courses.student_data.id, self.courses.phishing.id),
                audience={"all": [{"kinds": ["student_worker"]}]},
                starts_on=day,
                first_due_days=21,
                grace_days=7,
                remind_before=(7, 1),
            ),
            owner,
            day,
        )
        self._turn(population.STUDENTS_TURNED_ON)

    def _require_more(self, owner: Any) -> None:
        """What only some owe, once everybody's own has been on for a while."""
        scene, chosen = self._scene(owner), duties.members(self.people)
        history.recorded_at(self._moment(self.today - duties.KEPT * _DAY, 14))
        duties.keep(scene, chosen, self._users())
        self._learn(until=duties.TURNED_ON)
        self._turn(duties.TURNED_ON + 1)
        duties.require(scene, self.courses, self.yearly)
        self._turn(duties.TURNED_ON)
        self.further = list(duties.passes(scene, chosen, self.courses))

    def _turn_on(
        self,
        definition: requirements.Definition,
        owner: Any,
        day: dt.date,
        *,
        basis: requirements.Basis | None = None,
    ) -> Any:
        self.say(f"requirement of {day}: {definition.title}")
        at = self._moment(day - _DAY, 15)
        history.recorded_at(at)
        draft = requirements.create_draft(definition=definition, basis=basis, by=owner, at=at)
        history.recorded_at(self._moment(day, 9))
        requirements.turn_on(
            requirement=draft,
            fingerprint=requirement_queries.preview(draft, day).fingerprint,
            by=owner,
            at=self._moment(day, 9),
            today=day,
        )
        return draft

    def _learn(self, *, until: int) -> None:
        """The passes up to so many days ago that nobody has made yet, in the order of days."""
        end = self.today - until * _DAY
        passes = [(day, one, self._course_of(one, day)) for one in self.people for day in one.passes]
        due = [each for each in (*passes, *self.further) if self.learned_until <= each[0] < end]
        self.learned_until = end
        users = self._users()
        self.say(f"courses finished before {end}: {len(due)}")
        for day, person, course in sorted(due, key=lambda each: (each[0], each[1].number)):
            course.finish(
                users[person.email],
                at=self._moment(day, 9 + person.number % 7, person.number % 60),
                fails_first=person.fails_first,
            )

    def _course_of(self, person: Invented, day: dt.date) -> Course:
        """Of those that do, some take the one and some the other."""
        is_odd = person.number % 2 == 1
        if person.kind == "student_worker":
            return self.courses.student_data if is_odd else self.courses.phishing
        return self.courses.refresher if is_odd and day != person.passes[0] else self.courses.phishing

    def _users(self) -> dict[str, Any]:
        return get_user_model().objects.in_bulk(field_name="email")

    def _begin(self) -> None:
        """What was interrupted in the last days."""
        for person in self.people:
            if person.lessons_read:
                at = self._moment(self.today - (1 + person.number % 3) * _DAY, 11)
                self.courses.phishing.read(
                    self._who(person.email.partition("@")[0]), count=person.lessons_read, at=at
                )

    def _except(self, owner: Any) -> None:
        """A waiver, an exemption and an extension that were decided, and one request that waits."""
        officer, day = self._who("bo.brandt"), self.today - 2 * _DAY
        excused, extended, waiting = (self._fated(fate) for fate in _ASKED_FOR)
        when: dict[str, Any] = {"today": day, "at": self._moment(day, 11)}
        history.recorded_at(when["at"])
        asked = {
            "requirement": requirement_queries.requirement_by(self.yearly.public_id),
            "by": owner,
            **when,
        }
        waiver = records.ask_for_waiver(
            user=excused, starts_on=day, ends_on=day + 90 * _DAY, reason=_("Field work abroad without a network"),
            evidence_note=_("Letter of the dean in the personnel file"), **asked,
        )  # fmt: skip
        records.approve_waiver(waiver, note="", by=officer, **when)
        exemption = records.ask_for_exemption(
            user=self._fated(population.Fate.NEVER, 3), starts_on=day, review_on=day + 365 * _DAY,
            reason=_("Works abroad without any access to the university’s systems"), **asked,
        )  # fmt: skip
        records.approve_exemption(exemption, note=_("Asked the head of the department"), by=officer, **when)
        extension = records.ask_for_extension(
            user=extended, moved_to=self.today + 21 * _DAY, reason=_("Examination weeks"), **asked
        )
        records.approve_extension(extension, note="", by=officer, **when)
        records.ask_for_waiver(
            user=waiting,
            starts_on=day + 9 * _DAY,
            ends_on=day + 70 * _DAY,
            reason=_("Parental leave"),
            **asked,
        )

    def _propose(self) -> None:
        """A change of what everybody has, which waits for a second person: so many are affected."""
        at = self._moment(self.today - _DAY, 16)
        officer = self._who("bo.brandt")
        yearly = requirement_queries.requirement_by(self.yearly.public_id)
        content = requirement_queries.content_of(yearly) | {"grace_days": 0, "window_days": 90}
        when: dict[str, Any] = {"by": officer, "today": self.today, "at": at, "at_once": True}
        change = changes.prepare(requirement=yearly, kind=ChangeKind.EDIT, content=content, **when)
        reason = _("The auditors expect no grace, and people asked for more time to renew.")
        changes.ask(found=change, fingerprint=change.fingerprint, reason=reason, **when)

    def _prove(self) -> None:
        """Training done elsewhere: what waits, and Dee's, which was not accepted."""
        late, copied = self._fated(population.Fate.OVERDUE), self._fated(population.Fate.NEVER, 2)
        proof.send_and_review(
            late=late,
            copied=copied,
            better=self._who("dee.dubois"),
            requirement=requirement_queries.requirement_by(self.yearly.public_id),
            by=self._who("bo.brandt"),
            today=self.today,
            moment=lambda days, hour: self._moment(self.today - days * _DAY, hour),
        )

    def _correct(self, owner: Any) -> None:
        """A first day that HR had wrong, put right by hand: it restates what was said of the weeks before."""
        mistaken = next(
            one
            for one in self.people
            if one.fate is population.Fate.OVERDUE and one.kind in {"staff", "faculty"}
        )
        person, at = self._who(mistaken.email.partition("@")[0]), self._moment(self.today - 2 * _DAY, 14)
        (appointment,) = person.affiliations.all()
        names = ("department", "kind", "title", "manager", "ends_on")
        history.recorded_at(at)
        people_actions.save_affiliation(
            person=person,
            affiliation=appointment,
            values={name: getattr(appointment, name) for name in names}
            | {
                "starts_on": self.today - 40 * _DAY,
                "reason": _("HR had sent the first contract, which was never signed"),
            },
            by=owner,
            at=at,
        )

    def _certify(self, owner: Any) -> None:
        """Of who is overdue one is certified by hand and one by a file that is loaded; a cycle is to be revoked."""
        day = self.today - _DAY
        yearly = requirement_queries.requirement_by(self.yearly.public_id)
        certified.ask_and_approve(
            seated=self._fated(population.Fate.OVERDUE, 2),
            doubted=self._fated(population.Fate.TRAINED),
            requirement=yearly,
            asker=owner,
            officer=self._who("bo.brandt"),
            day=day,
            at=self._moment(day, 12),
        )
        certified.load(
            person=self._fated(population.Fate.OVERDUE, 3),
            requirement=yearly,
            officer=self._who("bo.brandt"),
            day=day,
            at=self._moment(day, 13),
        )

    def _fated(self, fate: population.Fate, place: int = 1) -> Any:
        """The last person of staff of this fate, or the one of this place from the end."""
        person = [one for one in self.people if one.fate is fate and one.kind in {"staff", "faculty"}][-place]
        return self._who(person.email.partition("@")[0])

    def _remind(self) -> None:
        """The reminders of the last two working mornings that are over."""
        mornings = [self._moment(self.today - days * _DAY, 9) for days in range(7)]
        over = [each for each in mornings if each <= self.at and clock.local(each).weekday() < 5]
        for at in sorted(over[:2]):
            reminders.run_daily(at=at, scheduled_for=at)

    def _turn(self, days_ago: int) -> None:
        at = self.at if days_ago == 0 else self._moment(self.today - days_ago * _DAY, 10)
        history.recorded_at(at)
        records.daily_turn(at=at, scheduled_for=at)

    def _moment(self, day: dt.date, hour: int, minute: int = 0) -> dt.datetime:
        """That time of the tenant's clock, as UTC."""
        return dt.datetime.combine(day, dt.time(hour, minute), tzinfo=clock.zone()).astimezone(dt.UTC)

    def _who(self, local_part: str) -> Any:
        return get_user_model().objects.get(email=f"{local_part}@{population.DOMAIN}")
