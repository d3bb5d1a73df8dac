"""What the operators' pages tell people to type is run as it stands there."""

import re
from pathlib import Path

import pytest
from django.core.management import call_command, get_commands

from tenants.context import TenantRef, public_schema
from tenants.models import Domain, TenantEvent

PAGES = Path(__file__).resolve().parents[2] / "docs" / "operations"


@pytest.mark.django_db
def test_an_operator_renames_a_site_as_the_page_says(alpha: TenantRef) -> None:
    page = (PAGES / "tenant-lifecycle.md").read_text(encoding="utf-8")
    (lines,) = re.findall(r"```python\n(.*?)```", page, re.DOTALL)
    call_command("shell", public=True, command=lines, verbosity=0)
    with public_schema():
        assert Domain.objects.get(tenant_id=alpha.id, is_primary=True).domain == "alpha-north.duly.localhost"
        assert TenantEvent.objects.get(tenant_id=alpha.id, kind="address.changed").by == "you@duly.example"


def test_every_command_that_a_page_names_exists() -> None:
    named = {
        name
        for page in [*PAGES.glob("*.md"), PAGES.parents[1] / "deploy" / "backup" / "README.md"]
        for name in re.findall(r"manage\.py ([a-z_]+)", page.read_text(encoding="utf-8"))
    }
    assert len(named) > 10
    assert named - set(get_commands()) - {"help"} == set()


def test_every_page_is_in_the_index() -> None:
    index = (PAGES / "README.md").read_text(encoding="utf-8")
    assert [
        page.name for page in PAGES.glob("*.md") if page.name not in index and page.name != "README.md"
    ] == []
