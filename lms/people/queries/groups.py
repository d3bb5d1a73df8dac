"""Groups and systems as pages show them."""

from typing import cast
from uuid import UUID

from django.db.models import Count, QuerySet
from django.db.models.functions import Lower
from django.shortcuts import get_object_or_404

from lms.people import events
from lms.people.models import Group, GroupMember


def group_list() -> QuerySet[Group]:
    """All, those in use first and by name, each with `people_count`."""
    return Group.objects.annotate(people_count=Count("members")).order_by("is_archived", "kind", "name", "pk")


def group_for(public_id: UUID) -> Group:
    """The group of this id. Raises Http404."""
    return get_object_or_404(Group, public_id=public_id)


def group_members(group: Group) -> QuerySet[GroupMember]:
    """Its members by last and first name."""
    by_name = (Lower("user__family_name"), Lower("user__given_name"), "user_id")
    return GroupMember.objects.filter(group=group).select_related("user").order_by(*by_name)


def member_ids(group: Group) -> frozenset[int]:
    """The ids of its members."""
    return frozenset(GroupMember.objects.filter(group=group).values_list("user_id", flat=True))


def users_of(group: Group) -> list[str]:
    """What uses the group, by title, as the neighbours that use groups say."""
    answers = events.group_use_asked.send(sender=None, code=group.code)
    return [title for _receiver, titles in answers for title in cast("list[str]", titles)]
