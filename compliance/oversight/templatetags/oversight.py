"""`{% load oversight %}`: what pages of other apps show of a person's compliance."""

from collections.abc import Mapping
from typing import Any

from django import template

from compliance.oversight import queries
from compliance.records import queries as records
from lms.mail import queries as mail
from tenants import clock

register = template.Library()


@register.inclusion_tag("oversight/_person_compliance.html", takes_context=True)
def person_compliance(context: template.Context, person: Any) -> dict[str, Any]:
    """Required training, earlier cycles and messages of `person`. That the viewer may see it is the page's matter."""
    mine, past = queries.my_record(user_id=person.pk, today=clock.today())
    return {
        "mine": mine,
        "past": past,
        "messages_sent": mail.history(person.pk, limit=20),
        "request": context.get("request"),
    }


@register.simple_tag
def people_link(**filters: Any) -> str:
    """The address of the list of exactly the people meant."""
    return queries.people_url(**{name: str(value) for name, value in filters.items() if value})


@register.filter
def person_name(row: Mapping[str, Any]) -> str:
    """The name of a row of people."""
    return records.person_name(row)


@register.filter
def worst_status(row: Mapping[str, Any]) -> str:
    """The status of a row of people that needs attention most."""
    return str(records.worst_status(row))
