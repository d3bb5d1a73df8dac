"""`manage.py import_roster` says what it does to training, and asks who agreed where it concerns many."""

import json
from functools import partial
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command

from compliance.changes import actions
from compliance.requirements.tests.factories import make_course, make_requirement
from lms.mail.models import Message
from lms.people.models import RosterImport
from lms.people.tests.factories import make_user
from lms.people.tests.test_import import csv
from tenants.context import inside

pytestmark = pytest.mark.django_db


def commanded(file: Path, content: bytes, *options: str) -> tuple[object, str]:
    """Its exit code, and what it wrote."""
    file.write_bytes(content)
    out = StringIO()
    with pytest.raises(SystemExit) as ended:
        call_command(
            "import_roster", str(file), "--tenant", "alpha.duly.localhost", *options, stdout=out, stderr=out
        )
    return ended.value.code, out.getvalue()


def test_what_it_does_to_training_is_printed_and_for_many_somebody_must_have_agreed(
    alpha, tmp_path, at
) -> None:
    with inside(alpha):
        make_requirement(course=make_course(), title="Fire safety")
        actions.set_threshold(is_on=True, percent=0, at_least=1, by=None, at=at)
        ada = make_user(email="ada@alpha.example", roles=["administrator"])
        make_user(email="cy@alpha.example")
    run = partial(commanded, tmp_path / "roster.csv")
    two = csv({}, {"id": "2", "email": "b@alpha.example"})
    code, said = run(two, "--dry-run", "--json")
    looked = json.loads(said)["outlook"]
    assert (code, looked["affected"], looked["limit"], looked["needs_second"]) == (0, 2, 1, True)
    assert looked["requirements"][0]["title"] == "Fire safety"
    assert looked["requirements"][0]["effects"] == {"Gets it": 2}

    code, said = run(two)
    assert (code, "People concerned: 2; one person alone may affect 1." in said) == (2, True)
    for nobody in ("cy@alpha.example", "eve@beta.example"):
        code, said = run(two, "--as-approved-by", nobody)
        assert (code, nobody in said) == (2, True)
    with inside(alpha):
        assert not RosterImport.objects.exists()

    code, said = run(two, "--as-approved-by", "Ada@alpha.example")
    assert code == 0
    assert "Fire safety: Gets it: 2" in said
    with inside(alpha):
        made = RosterImport.objects.get()
        assert (made.decided_by, made.decision_note) == (ada, "Named on the command line")
        assert Message.objects.filter(kind="people.roster", user_id=ada.pk).count() == 1
    # One alone needs nobody.
    code, said = run(csv({"id": "3", "email": "c@alpha.example"}), "--json")
    assert (code, json.loads(said)["outlook"]["needs_second"]) == (0, False)
