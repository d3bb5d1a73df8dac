"""Roll-up agreements: who may do what to which, and that neither side can reach past the functions."""

import datetime as dt
from collections.abc import Callable
from contextlib import AbstractContextManager
from uuid import UUID, uuid4

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from django.test import Client

from tenants import clock
from tenants.agreements import actions, codes, queries
from tenants.agreements.actions import Cell, Signer
from tenants.context import TenantRef, inside, public_schema
from tenants.enums import AgreementSide, AgreementState, TenantKind
from tenants.lifecycle.refusals import Refused
from tenants.models import RollUpAgreement, RollUpFigure, RollUpInvitation, SignUp, Tenant, TenantEvent
from tenants.provisioning import reservation

pytestmark = pytest.mark.django_db

ADA = Signer("Ada Alvarez", "ada@alpha.example")
CY = Signer("Cy Castro", "cy@beta.example")
OVERALL = Cell(None, "", 8, 10)


def offer(alpha: TenantRef, beta: TenantRef, at: dt.datetime) -> UUID:
    """Alpha is the university, beta the department that entered its code."""
    with inside(alpha):
        invitation = actions.invite(label="School of Law", by=ADA, at=at)
        (shown,) = queries.invitations()
        assert shown.public_id == invitation
    with inside(beta):
        return actions.redeem(code=shown.code.lower().replace("-", " "), by=CY, at=at)


def in_force(alpha: TenantRef, beta: TenantRef, at: dt.datetime) -> UUID:
    agreement = offer(alpha, beta, at)
    with inside(beta):
        actions.accept(agreement, by=CY, at=at)
    return agreement


def test_a_code_leads_to_an_offer_and_only_the_department_can_accept_it(
    alpha: TenantRef, beta: TenantRef, at: dt.datetime
) -> None:
    agreement = offer(alpha, beta, at)
    with inside(alpha):
        assert queries.invitations() == []
        with pytest.raises(Refused):
            actions.accept(agreement, by=ADA, at=at)
        assert queries.agreement(agreement).is_offered
    with inside(beta):
        actions.accept(agreement, by=CY, at=at)
        seen = queries.agreement(agreement, AgreementSide.DEPARTMENT)
    assert (seen.state, seen.other_name, seen.offered_by, seen.decided_by) == (
        AgreementState.IN_FORCE, "Alpha University", "Ada Alvarez", "Cy Castro",
    )  # fmt: skip


@pytest.mark.parametrize("spoil", ["mistyped", "used", "withdrawn", "old", "own"])
def test_a_code_that_opens_nothing_is_refused_in_words(
    alpha: TenantRef, beta: TenantRef, at: dt.datetime, spoil: str
) -> None:
    with inside(alpha):
        invitation = actions.invite(label="Law", by=ADA, at=at)
    code, when = codes.code_of(invitation), at
    if spoil == "mistyped":
        code = "AAAA-BBBB-CCCC"
    if spoil == "old":
        when = at + actions.CODE_LASTS + dt.timedelta(seconds=1)
    if spoil == "withdrawn":
        with inside(beta):
            assert not actions.withdraw(invitation, by=CY, at=at), "another site's"
        with inside(alpha):
            assert actions.withdraw(invitation, by=ADA, at=at)
            assert not actions.withdraw(invitation, by=ADA, at=at), "the second time"
    if spoil == "used":
        with inside(beta):
            actions.refuse(actions.redeem(code=code, by=CY, at=at), by=CY, at=at)
    with inside(alpha if spoil == "own" else beta), pytest.raises(Refused) as refusal:
        actions.redeem(code=code, by=CY, at=when)
    assert refusal.value.sentence.endswith(".")


def test_a_second_code_of_the_same_university_leads_to_the_open_agreement(
    alpha: TenantRef, beta: TenantRef, at: dt.datetime
) -> None:
    agreement = in_force(alpha, beta, at)
    assert offer_again(alpha, beta, at) == agreement


def offer_again(alpha: TenantRef, beta: TenantRef, at: dt.datetime) -> UUID:
    with inside(alpha):
        code = codes.code_of(actions.invite(label="Law again", by=ADA, at=at))
    with inside(beta):
        return actions.redeem(code=code, by=CY, at=at)


@pytest.mark.parametrize("side", list(AgreementSide))
def test_either_side_ends_it_at_once_and_the_figures_are_gone(
    alpha: TenantRef, beta: TenantRef, at: dt.datetime, side: AgreementSide
) -> None:
    agreement = in_force(alpha, beta, at)
    with inside(beta):
        assert actions.publish([OVERALL], as_of=at.date(), at=at) == 1
    with inside(alpha):
        assert [figure.compliant for figure in queries.figures(agreement)] == [8]
        assert list(queries.latest()) == [agreement]
    with inside(alpha if side == AgreementSide.PARENT else beta):
        actions.end(agreement, by=ADA if side == AgreementSide.PARENT else CY, at=at)
    with inside(alpha):
        assert queries.figures(agreement) == []
        assert queries.latest() == {}
        assert queries.agreement(agreement).ended_side == side
    with inside(beta):
        assert not queries.is_sharing()
        assert actions.publish([OVERALL], as_of=at.date(), at=at) == 0
        with pytest.raises(Refused):
            actions.accept(agreement, by=CY, at=at)
    with public_schema():
        assert not RollUpFigure.objects.exists()
    assert offer_again(alpha, beta, at) != agreement, "they may agree anew"


def test_publishing_again_replaces_the_month_and_keeps_those_before(
    alpha: TenantRef, beta: TenantRef, at: dt.datetime
) -> None:
    agreement = in_force(alpha, beta, at)
    days = [dt.date(2026, 10, 30), dt.date(2026, 10, 31), dt.date(2026, 11, 1)]
    with inside(beta):
        for number, day in enumerate(days):
            actions.publish([Cell(None, "", number, 10)], as_of=day, at=at)
    with inside(alpha):
        found = [(figure.month, figure.as_of, figure.compliant) for figure in queries.figures(agreement)]
    assert found == [
        (dt.date(2026, 11, 1), days[2], 2),
        (dt.date(2026, 10, 1), days[1], 1),
    ]


@pytest.mark.parametrize(
    ("compliant", "required"), [(1, 4), (0, 0), (4, 4), (6, 5), (None, 10), (5, None), (-1, 10)]
)
def test_the_database_refuses_figures_of_small_groups_and_impossible_ones(
    alpha: TenantRef, beta: TenantRef, at: dt.datetime, compliant: int | None, required: int | None
) -> None:
    in_force(alpha, beta, at)
    with inside(beta), pytest.raises(DatabaseError), transaction.atomic():
        actions.publish([Cell(uuid4(), "Laser safety", compliant, required)], as_of=at.date(), at=at)


def test_a_university_with_departments_cannot_be_a_department_and_the_other_way_round(
    alpha: TenantRef, beta: TenantRef, at: dt.datetime
) -> None:
    in_force(alpha, beta, at)
    back = offer(beta, alpha, at)
    with inside(alpha), pytest.raises(Refused) as refusal:
        actions.accept(back, by=ADA, at=at)
    assert "round" in refusal.value.sentence
    with inside(alpha):
        actions.refuse(back, by=ADA, at=at)


def test_an_agreement_of_others_is_nobodys(
    alpha: TenantRef, beta: TenantRef, at: dt.datetime, stranger: Callable[[], AbstractContextManager[None]]
) -> None:
    agreement = in_force(alpha, beta, at)
    with inside(beta):
        actions.publish([OVERALL], as_of=at.date(), at=at)
    with stranger():
        assert queries.agreements() == []
        assert queries.figures(agreement) == []
        with pytest.raises(queries.NoAgreement):
            queries.agreement(agreement)
        with pytest.raises(Refused):
            actions.end(agreement, by=CY, at=at)
    with public_schema():
        assert RollUpAgreement.objects.get().state == AgreementState.IN_FORCE
        assert RollUpFigure.objects.count() == 1


@pytest.fixture
def stranger(alpha: TenantRef, beta: TenantRef) -> Callable[[], AbstractContextManager[None]]:
    """Beta's role, after the agreement's rows were given to others under the very same ids."""

    def enter() -> AbstractContextManager[None]:
        with public_schema():
            others = [
                Tenant.objects.create(
                    schema_name=f"t_other{name}", name=f"Other {name}", time_zone="UTC",
                    token_epoch="x", created_at=dt.datetime(2026, 1, 1, tzinfo=dt.UTC),
                )
                for name in ("aaaaaaa", "bbbbbbb")
            ]  # fmt: skip
            RollUpAgreement.objects.update(parent=others[0], department=others[1])
        return inside(beta)  # type: ignore[return-value]

    return enter


@pytest.mark.parametrize("table", ["rollupagreement", "rollupfigure", "rollupinvitation", "tenantevent"])
@pytest.mark.parametrize("verb", ["SELECT * FROM", "DELETE FROM"])
def test_no_side_reaches_the_tables_themselves(
    alpha: TenantRef, beta: TenantRef, at: dt.datetime, table: str, verb: str
) -> None:
    in_force(alpha, beta, at)
    for tenant in (alpha, beta):
        with (
            inside(tenant),
            pytest.raises(DatabaseError, match="permission denied"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(f"{verb} public.tenants_{table}")


@pytest.mark.parametrize(
    "function",
    [
        "duly_caller()",
        "duly_rollup_tell('x', 1, 2, 1, 'me', now(), '{}')",
        "duly_rollup_offer(1, 2, 'x', 'me', now())",
    ],
)
def test_what_functions_use_among_themselves_is_not_for_tenants(alpha: TenantRef, function: str) -> None:
    with (
        inside(alpha),
        pytest.raises(DatabaseError, match="permission denied"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(f"SELECT public.{function}")


@pytest.mark.parametrize("schema_of", ["alpha", "beta"])
def test_an_agreement_opens_no_schema(
    alpha: TenantRef, beta: TenantRef, at: dt.datetime, schema_of: str
) -> None:
    in_force(alpha, beta, at)
    here, other = (alpha, beta) if schema_of == "beta" else (beta, alpha)
    with (
        inside(here),
        pytest.raises(DatabaseError, match="permission denied"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(f"SELECT count(*) FROM {other.schema_name}.people_user")


def test_outside_a_tenant_there_is_no_caller(db: None) -> None:
    with (
        public_schema(),
        pytest.raises(DatabaseError, match=r"permission denied|is no tenant"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("SELECT * FROM public.duly_rollup_agreements()")


def test_both_chronicles_tell_what_happened_and_only_ones_own_address(
    alpha: TenantRef, beta: TenantRef, at: dt.datetime
) -> None:
    agreement = in_force(alpha, beta, at)
    with inside(alpha):
        actions.end(agreement, by=ADA, at=at)
    with public_schema():
        told = {
            ref.name: [
                (event.kind, event.by)
                for event in TenantEvent.objects.filter(tenant_id=ref.id).order_by("pk")
            ]
            for ref in (alpha, beta)
        }
    assert told == {
        "Alpha University": [
            ("rollup.invited", "tenant:ada@alpha.example"),
            ("rollup.offered", "tenant:Beta University"),
            ("rollup.accepted", "tenant:Beta University"),
            ("rollup.ended", "tenant:ada@alpha.example"),
        ],
        "Beta University": [
            ("rollup.offered", "tenant:cy@beta.example"),
            ("rollup.accepted", "tenant:cy@beta.example"),
            ("rollup.ended", "tenant:Alpha University"),
        ],
    }


def test_codes_are_stored_nowhere_and_tried_a_few_times_only(
    alpha: TenantRef, beta: TenantRef, at: dt.datetime
) -> None:
    with inside(alpha):
        code = codes.code_of(actions.invite(label="Law", by=ADA, at=at))
    with public_schema(), connection.cursor() as cursor:
        cursor.execute("SELECT i::text FROM tenants_rollupinvitation i")
        assert code.replace("-", "") not in str(cursor.fetchall())
    with inside(beta):
        for _ in range(20):
            with pytest.raises(Refused, match="opens nothing"):
                actions.redeem(code="AAAA-BBBB-CCCC", by=CY, at=at)
        with pytest.raises(Refused, match="Too many"):
            actions.redeem(code=code, by=CY, at=at)


@pytest.mark.parametrize("is_open", [True, False])
def test_a_site_that_was_invited_is_a_departments_and_finds_the_offer(
    alpha: TenantRef, at: dt.datetime, is_open: bool
) -> None:
    with inside(alpha):
        invitation = actions.invite(label="Law", by=ADA, at=at)
        code = queries.invitations()[0].code
        if not is_open:
            actions.withdraw(invitation, by=ADA, at=at)
    with public_schema():
        sign_up = SignUp.objects.create(
            university_name="School of Law", subdomain="school-of-law", time_zone="UTC", owner_name="Di Diaz",
            owner_email="di@law.example", created_at=at, verified_at=at,
            invitation=RollUpInvitation.objects.get(public_id=invitation),
        )  # fmt: skip
        assert (actions.open_invitation(code, at=at) is not None) == is_open
        reservation.reserve(sign_up, at=at)
        assert sign_up.tenant is not None
        assert sign_up.tenant.kind == TenantKind.DEPARTMENT
    with inside(alpha):
        assert [one.other_name for one in queries.agreements()] == (["School of Law"] if is_open else [])


def test_the_link_of_an_invitation_says_who_invites_and_a_dead_one_that_it_is_dead(
    alpha: TenantRef, at: dt.datetime, client_for: Callable[..., Client]
) -> None:
    with clock.frozen(at):
        with inside(alpha):
            actions.invite(label="Law", by=ADA, at=at)
            code = queries.invitations()[0].code
        visitor = client_for(None)
        page = visitor.get("/signup/", {"department": code}).text
        assert "Alpha University has invited your department" in page
        assert f'value="{code}"' in page
        assert "can no longer be used" in visitor.get("/signup/", {"department": "AAAA"}).text
        sent = {
            "department": code, "university_name": "School of Law", "subdomain": "lawschool",
            "time_zone": "Europe/Berlin", "owner_name": "Di Diaz", "owner_email": "di@law.example", "accepted": "on",
        }  # fmt: skip
        assert visitor.post("/signup/", {**sent, "department": "AAAA-BBBB-CCCC"}).status_code == 422
        assert visitor.post("/signup/", sent).status_code == 303
    with public_schema():
        begun = SignUp.objects.get()
        assert begun.invitation is not None
        assert begun.invitation.parent_id == alpha.id


def test_kind_department_and_its_parent_go_together(alpha: TenantRef) -> None:
    options = {
        "name": "Law", "subdomain": "lawschool", "time_zone": "UTC", "owner_name": "Di", "owner_email": "di@l.example",
    }  # fmt: skip
    with pytest.raises(CommandError, match="go together"):
        call_command("create_tenant", kind="department", **options)
    with pytest.raises(CommandError, match="go together"):
        call_command("create_tenant", parent="alpha", **options)
    with pytest.raises(CommandError, match="No tenant answers"):
        call_command("create_tenant", kind="department", parent="nowhere", **options)


def test_when_a_site_is_deleted_its_agreements_end_and_the_other_side_is_told(
    alpha: TenantRef, beta: TenantRef, at: dt.datetime
) -> None:
    in_force(alpha, beta, at)
    with inside(beta):
        actions.publish([OVERALL], as_of=at.date(), at=at)
    with public_schema():
        actions.forget_site(Tenant.objects.get(pk=beta.id), at=at)
        assert not RollUpAgreement.objects.exists()
        assert not RollUpFigure.objects.exists()
        last = TenantEvent.objects.filter(tenant_id=alpha.id).latest("pk")
    assert (last.kind, last.by, last.facts["department"]) == ("rollup.ended", "system", "Beta University")
