"""Ending and publishing at the same moment, on two connections that commit: no figure outlives its agreement."""

import threading
from collections.abc import Iterator
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from django.conf import settings
from psycopg import sql

from tenants.context import TenantRef, public_schema
from tenants.enums import AgreementState
from tenants.models import RollUpAgreement, RollUpFigure, Tenant
from tenants.tests.factories import AT

PUBLISH = "SELECT sites FROM public.duly_rollup_publish(%s, %s, %s)"
END = "SELECT outcome FROM public.duly_rollup_decide(%s, 'end', 'Di', 'tenant:di@law.example', %s)"
FIGURES = '[{"requirement": null, "title": "", "compliant": 8, "required": 10}]'


@pytest.fixture
def agreement(campus: TenantRef) -> Iterator[UUID]:
    """Campus shares with a university that is a row only."""
    with public_schema():
        parent = Tenant.objects.create(
            schema_name=f"t_{uuid4().hex[:12]}", name="Over", time_zone="UTC", token_epoch="x", created_at=AT
        )
        made = RollUpAgreement.objects.create(
            parent=parent, department_id=campus.id, state=AgreementState.IN_FORCE, terms="2026-11",
            offered_by="x", offered_at=AT, decided_at=AT,
        )  # fmt: skip
    yield made.public_id
    with public_schema():
        parent.delete()


def _connect(tenant: TenantRef) -> psycopg.Connection[Any]:
    database = settings.DATABASES["default"]
    connection = psycopg.connect(
        host=database["HOST"], port=database["PORT"], dbname=database["NAME"],
        user=database["USER"], password=database["PASSWORD"], autocommit=True,
    )  # fmt: skip
    connection.execute(sql.SQL("SET ROLE {}").format(sql.Identifier(tenant.role)))
    return connection


@pytest.mark.parametrize("first", ["publish", "end"])
def test_ending_and_publishing_at_once_leaves_no_figure(
    campus: TenantRef, agreement: UUID, first: str
) -> None:
    statements = {"publish": (PUBLISH, [FIGURES, AT.date(), AT]), "end": (END, [agreement, AT])}
    second = "end" if first == "publish" else "publish"
    answers: list[Any] = []
    with _connect(campus) as one, _connect(campus) as two:
        with one.transaction():
            row = one.execute(*statements[first]).fetchone()
            assert row == ((1,) if first == "publish" else ("ok",))
            waiting = threading.Thread(
                target=lambda: answers.append(two.execute(*statements[second]).fetchone())
            )
            waiting.start()
            waiting.join(0.5)
            assert waiting.is_alive(), "the second waits for the first"
        waiting.join(10)
    assert answers == [("ok",)] if second == "end" else [(0,)]
    with public_schema():
        assert RollUpAgreement.objects.get(public_id=agreement).state == AgreementState.ENDED
        assert not RollUpFigure.objects.exists()
