"""People who go on working while something is broken, and the ledger of what they were told had been saved."""

from __future__ import annotations

import itertools
import secrets
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    from tenants.context import TenantRef

# What a person sets on their profile, over and over; a change is told by "303 See Other".
ZONES = ["Europe/Berlin", "America/New_York", "Asia/Kathmandu", "Pacific/Auckland", "America/Lima"]


@dataclass
class Person:
    """Somebody signed in at a tenant, a second one there who does nothing, and what happened to the first."""

    tenant: TenantRef
    client: Any
    user_id: int
    witness_id: int
    acknowledged: str = ""
    answers: Counter[int] = field(default_factory=Counter)

    def visit(self, zone: str) -> None:
        """Look at the home page, then save a time zone."""
        self.answers[self.client.get("/").status_code] += 1
        saved = self.client.post("/profile/", {"locale": "en", "time_zone": zone})
        self.answers[saved.status_code] += 1
        if saved.status_code in {302, 303}:
            self.acknowledged = zone


class Visitors:
    """`with Visitors(tenants) as visitors:` they work in threads until the block ends."""

    def __init__(self, tenants: list[TenantRef], *, threads: int = 2) -> None:
        self.people = [_sign_in(tenant) for tenant in tenants]
        self._over = threading.Event()
        self._threads = [
            threading.Thread(target=self._work, args=(self.people[number::threads],))
            for number in range(min(threads, len(tenants)))
        ]

    def __enter__(self) -> Self:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._over.set()
        for thread in self._threads:
            thread.join()

    def _work(self, people: list[Person]) -> None:
        from django.db import connections

        for zone in itertools.cycle(ZONES):
            for person in people:
                if self._over.is_set():
                    connections.close_all()
                    return
                person.visit(zone)
                time.sleep(0.01)

    def requests(self) -> int:
        """How many answers they got."""
        return sum(person.answers.total() for person in self.people)

    def errors(self, *, besides: frozenset[str] = frozenset()) -> int:
        """Answers of 500 and above, in all tenants but those schemas."""
        return sum(
            count
            for person in self.people
            if person.tenant.schema_name not in besides
            for status, count in person.answers.items()
            if status >= 500
        )

    def missing(self) -> int:
        """People whose last acknowledged change is not there."""
        return sum(
            1
            for person in self.people
            if person.acknowledged and _zone_of(person.tenant, person.user_id) != person.acknowledged
        )

    def strayed(self) -> int:
        """People who did nothing and whose row was changed all the same."""
        return sum(1 for person in self.people if _zone_of(person.tenant, person.witness_id) != "")


def _sign_in(tenant: TenantRef) -> Person:
    from django.test import Client

    from lms.people.tests.factories import make_user
    from tenants import context

    client = Client(headers={"host": tenant.host})
    client.raise_request_exception = False
    with context.inside(tenant):
        family = secrets.token_hex(4)
        user = make_user(given_name="Dee", family_name=family, time_zone="")
        witness = make_user(given_name="Wim", family_name=family, time_zone="")
        client.force_login(user, backend="lms.people.adapters.SignInBackend")
    return Person(tenant, client, user.pk, witness.pk)


def _zone_of(tenant: TenantRef, user_id: int) -> str:
    from django.contrib.auth import get_user_model

    from tenants import context

    with context.inside(tenant):
        return str(get_user_model().objects.values_list("time_zone", flat=True).get(pk=user_id))
