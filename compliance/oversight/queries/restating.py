"""A restatement as its page and its file show it: each row with the facts that changed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from compliance.core.asof import Moment
from compliance.history import queries as history
from compliance.records import queries as records


@dataclass(frozen=True, slots=True)
class RestatedLine:
    """One person and requirement that stand otherwise, and because of which facts."""

    difference: history.Difference
    causes: list[history.Cause]


@dataclass(frozen=True, slots=True)
class Silent:
    """Somebody whose appointment was corrected without a standing changing by it."""

    name: str
    email: str
    causes: list[history.Cause]


@dataclass(frozen=True, slots=True)
class Restated:
    """What was said of a day at its end, against what is known of it on another."""

    moment: Moment
    differences: history.Restatement

    def lines(self, differences: Sequence[history.Difference]) -> list[RestatedLine]:
        """Some of the differences with their causes; a constant number of statements."""
        found = self._causes({one.user_id: one.public_id for one in differences})
        return [
            RestatedLine(one, history.of_requirement(found.get(one.user_id, []), one.requirement_id))
            for one in differences
        ]

    def silent(self, scope: records.Scope, *, limit: int = 50) -> list[Silent]:
        """People of corrected appointments who stand as before on that day, by name."""
        reached = {
            user_id
            for user_id in history.corrected_people(self.moment)
            if scope.user_ids is None or user_id in scope.user_ids
        }
        differing = {one.user_id for one in self.differences} if reached else set()
        rows = history.named(self.moment, reached - differing)[:limit]
        found = self._causes({row.id: row.public_id for row in rows})
        return [Silent(row.name, row.email, found.get(row.id, [])) for row in rows]

    def _causes(self, public_ids: dict[int, object]) -> dict[int, list[history.Cause]]:
        return history.causes(
            list(public_ids),
            public_ids,
            on=self.moment.on,
            since=history.moment_after(self.moment.on),
            until=history.moment_after(self.moment.known_on),
        )


def restated(moment: Moment, scope: records.Scope, *, today: date) -> Restated:
    """The restatement of `moment.on` as known on `moment.known_on`. Asked about today, nothing differs yet."""
    if moment.is_report and moment.known_on < today:
        moment = Moment(moment.on, today)
    return Restated(moment, history.Restatement(moment.on, moment.on, moment.known_on, scope))
