"""Roles by permissions, spelled out: a change to a role is a change to this table."""

import pytest

from lms.access import roles
from lms.access.permissions import Permission

# One letter per role, see LETTERS.
TABLE = {
    Permission.SITE_OWN: "o",
    Permission.SETTINGS_CHANGE: "oa",
    Permission.DATA_EXPORT: "o",
    Permission.ROLES_ASSIGN: "oa",
    Permission.PEOPLE_VIEW: "oacderms",
    Permission.PEOPLE_CHANGE: "a",
    Permission.PEOPLE_IMPORT: "a",
    Permission.COURSES_VIEW: "acwrs",
    Permission.COURSES_EDIT: "w",
    Permission.COURSES_PUBLISH: "w",
    Permission.REQUIREMENTS_VIEW: "acrs",
    Permission.REQUIREMENTS_PREVIEW: "acd",
    Permission.REQUIREMENTS_EDIT: "c",
    Permission.REPORTS_VIEW: "acdrms",
    Permission.REPORTS_EXPORT: "acdrm",
    Permission.REMINDERS_SEND: "acd",
    Permission.WAIVERS_VIEW: "acdrm",
    Permission.WAIVERS_ASK: "acdm",
    Permission.WAIVERS_DECIDE: "c",
    Permission.DUE_DATES_EXTEND: "ac",
    Permission.DUE_DATES_EXTEND_LIMITED: "acd",
    Permission.EVIDENCE_VIEW: "cder",
    Permission.EVIDENCE_REVIEW: "cde",
    Permission.COMPLETIONS_CERTIFY: "c",
    Permission.EVENTS_RECORD: "c",
    Permission.PROGRAM_VIEW: "acrs",
    Permission.PROGRAM_EDIT: "c",
    Permission.MESSAGES_VIEW: "acs",
    Permission.AUDIT_VIEW: "acrs",
    Permission.SHARING_VIEW: "oac",
    Permission.SHARING_DECIDE: "o",
}
LETTERS = {
    "o": roles.Owner,
    "a": roles.Administrator,
    "c": roles.ComplianceOfficer,
    "w": roles.Author,
    "d": roles.DepartmentAdministrator,
    "e": roles.EvidenceReviewer,
    "r": roles.Auditor,
    "m": roles.Manager,
    "l": roles.Learner,
    "s": roles.Support,
}
# Whoever asks changes nothing: somebody else decides. A department's proof is looked at by who looks after it.
READING = (".view", ".export", ".preview", ".ask")
CHANGING = {permission for permission in Permission if not permission.value.endswith(READING)}


@pytest.mark.parametrize("permission", list(Permission))
def test_each_permission_belongs_to_exactly_the_roles_of_the_table(permission: Permission) -> None:
    holders = {letter for letter, role in LETTERS.items() if permission in role.permissions}
    assert holders == set(TABLE[permission])


def test_the_table_knows_every_role() -> None:
    assert set(LETTERS.values()) == set(roles.ALL)


def test_a_learner_holds_no_permission() -> None:
    assert roles.Learner.permissions == frozenset()


@pytest.mark.parametrize("role", [roles.Auditor, roles.Manager, roles.Support])
def test_roles_that_read_can_change_nothing(role: type[roles.Role]) -> None:
    assert not role.permissions & CHANGING


def test_a_department_administrator_reminds_extends_a_little_and_decides_on_proof_and_no_more() -> None:
    assert roles.DepartmentAdministrator.permissions & CHANGING == {
        Permission.REMINDERS_SEND,
        Permission.DUE_DATES_EXTEND_LIMITED,
        Permission.EVIDENCE_REVIEW,
    }


def test_nobody_can_be_granted_what_follows_from_the_facts() -> None:
    assert roles.Manager not in roles.ASSIGNABLE
    assert roles.Learner not in roles.ASSIGNABLE
    assert roles.Support not in roles.ASSIGNABLE


def test_several_roles_add_up_and_an_unknown_one_grants_nothing() -> None:
    assert roles.permissions_of(["owner", "author"]) == roles.Owner.permissions | roles.Author.permissions
    assert roles.permissions_of(["since_removed"]) == frozenset()


def test_every_role_says_in_words_what_it_may_do() -> None:
    for role in roles.ALL:
        assert str(role.name)
        assert str(role.description).endswith(".")
