"""What is done with groups, systems and their members."""

import datetime as dt
from collections.abc import Sequence

from django.db import transaction

from lms.audit import actions as audit
from lms.people import events, queries
from lms.people.models import Group, GroupMember, User


class GroupCodeTaken(Exception):
    """Another group or system has this code."""


class GroupInUse(Exception):
    """Something still uses the group; `titles` say what."""

    def __init__(self, titles: list[str]) -> None:
        super().__init__(", ".join(titles))
        self.titles = titles


def add_group(*, code: str, name: str, kind: str, purpose: str, by: User, at: dt.datetime) -> Group:
    """A new group without members; `code` is kept in capitals. Raises GroupCodeTaken."""
    with transaction.atomic():
        group, is_new = Group.objects.get_or_create(
            code=code.upper(), defaults={"name": name, "kind": kind, "purpose": purpose}
        )
        if not is_new:
            raise GroupCodeTaken
        _record("people.group_added", group, {"code": ["", group.code], "kind": ["", kind]}, by, at)
    return group


def change_group(
    *, group: Group, name: str, purpose: str, is_archived: bool, by: User, at: dt.datetime
) -> None:
    """Call it otherwise, or put it away: then rules no longer offer it, and its members stay. Raises GroupInUse."""
    new = {"name": name, "purpose": purpose, "is_archived": is_archived}
    with transaction.atomic():
        held = Group.objects.select_for_update().get(pk=group.pk)
        if is_archived and not held.is_archived and (titles := queries.users_of(held)):
            raise GroupInUse(titles)
        facts = {
            field: [str(getattr(held, field)), str(value)]
            for field, value in new.items()
            if getattr(held, field) != value
        }
        if facts:
            Group.objects.filter(pk=group.pk).update(**new)
            _record("people.group_changed", held, facts, by, at)


def add_members(*, group: Group, people: Sequence[User], since: dt.date, by: User, at: dt.datetime) -> int:
    """Put these people into the group from that day on; who is in it stays as they are. Answers how many are new."""
    with transaction.atomic():
        held = Group.objects.select_for_update().get(pk=group.pk)
        known = queries.member_ids(held)
        new = [person for person in people if person.pk not in known]
        if not new:
            return 0
        GroupMember.objects.bulk_create([GroupMember(group=held, user=one, since=since) for one in new])
        facts = {
            "people": ["", ", ".join(person.display_name for person in new)],
            "since": ["", since.isoformat()],
        }
        _record("people.members_added", held, facts, by, at)
        events.changed.send(sender=None, user_ids=[person.pk for person in new], at=at)
    return len(new)


def remove_member(*, group: Group, person: User, by: User, at: dt.datetime) -> None:
    """Take the person out of the group; who is not in it stays out."""
    with transaction.atomic():
        gone, _by_model = GroupMember.objects.filter(group=group, user=person).delete()
        if gone:
            _record("people.member_removed", group, {"people": [person.display_name, ""]}, by, at)
            events.changed.send(sender=None, user_ids=[person.pk], at=at)


def _record(action: str, group: Group, facts: dict[str, list[str]], by: User, at: dt.datetime) -> None:
    audit.record(action=action, by=by, at=at, object_label=group.name, object_id=group.public_id, facts=facts)
