"""What a course asks to be signed at its end: read from course.toml, kept with the version, part of its hash."""

import pytest

from lms.catalog import actions, queries
from lms.catalog.facts.plan import AcknowledgementPlan, content_hash
from lms.catalog.tests.factories import make_version, plan
from lms.catalog.tests.test_folders import COURSE, problem_of, read
from tenants.context import inside
from tenants.tests.factories import AT

WHOLE = """
[acknowledgement]
text = '''
I have read it.

I will follow it.'''
policy = "Acceptable use"
version = "2026-03"
address = "https://example.edu/policy"
"""


def course(table):
    return {"course.toml": COURSE + table}


def test_a_course_says_what_is_signed_at_its_end():
    found = read(course(WHOLE)).plan
    assert found.acknowledgement == AcknowledgementPlan(
        "I have read it.\n\nI will follow it.", "Acceptable use", "2026-03", "https://example.edu/policy"
    )
    bare = read(course('[acknowledgement]\ntext = "I will."')).plan
    assert bare.acknowledgement == AcknowledgementPlan("I will.")
    hashes = {content_hash(each) for each in (found, bare, read().plan)}
    assert len(hashes) == 3


@pytest.mark.parametrize(
    ("table", "line", "said"),
    [
        ('acknowledgement = "I will."', 4, "must be a table"),
        ("[acknowledgement]\n", 4, "“text” is missing"),
        ('[acknowledgement]\ntext = " "', 5, "must be text"),
        ('[acknowledgement]\ntext = "x"\npolcy = "y"', 6, "polcy"),
        ('[acknowledgement]\ntext = "x"\nversion = "2"', 6, "has no name"),
        ('[acknowledgement]\ntext = "x"\npolicy = "y"\naddress = "javascript:alert(1)"', 7, "not an address"),
        ('[acknowledgement]\ntext = "x"\npolicy = "y"\naddress = "http://example.edu"', 7, "not an address"),
        (
            '[acknowledgement]\ntext = "x"\npolicy = "y"\naddress = "https://example.edu@evil.example/"',
            7,
            "not an address",
        ),
        (f'[acknowledgement]\ntext = "{"x" * 4001}"', 5, "4001 characters"),
    ],
)
def test_what_is_wrong_is_named_with_its_line(table, line, said):
    file, found, message = problem_of(course(table))
    assert (file, found) == ("course.toml", line)
    assert said in message


@pytest.mark.django_db
def test_it_is_kept_with_the_version_and_a_draft_can_lose_it(alpha):
    with inside(alpha):
        version = make_version(statement="I <will>.", publish=False)
        kept = (version.statement, version.policy_title, version.policy_version, version.policy_url)
        assert kept == ("I <will>.", "Acceptable use", "2026-03", "https://alpha.example/policy")
        assert queries.version(version.pk).statement == "I <will>."
        again = actions.import_course(plan=plan(statement="I <will>."), by=None, at=AT)
        assert not again.is_changed
        plain = actions.import_course(plan=plan(), by=None, at=AT)
        assert plain.is_changed
        assert (plain.version.pk, plain.version.statement, plain.version.policy_title) == (version.pk, "", "")
