"""Writing down what a requirement rests on."""

from datetime import datetime
from typing import Any

from django.db import transaction

from compliance.requirements import rules
from compliance.requirements.actions.drafts import write_version
from compliance.requirements.basis import FIELDS, Basis
from compliance.requirements.models import Requirement
from lms.audit import actions as audit


@transaction.atomic
def set_basis(*, requirement: Requirement, basis: Basis, by: Any, at: datetime) -> Requirement:
    """Change owner, policy, authority references and parameters. Nobody's dates move, so there is no preview.

    One that was turned on gets a new version. Raises rules.NotAllowedNow for a retired one.
    """
    held = Requirement.objects.select_for_update().get(pk=requirement.pk)
    rules.check_can_edit(held)
    before = rules.content_of(held)
    basis.apply_to(held)
    if before == rules.content_of(held):
        return held
    if held.is_draft:
        held.save(update_fields=FIELDS)
    else:
        held.number += 1
        held.save(update_fields=[*FIELDS, "number"])
        write_version(held, by=by, at=at)
    audit.record(
        action="requirement.basis_changed",
        by=by,
        at=at,
        object_label=held.title,
        object_id=held.public_id,
        facts=rules.changes_between(_in_words(before), _in_words(rules.content_of(held))),
    )
    return held


def _in_words(content: dict[str, Any]) -> dict[str, str]:
    """What a reader of the log wants of it; the whole is in the version."""
    owner = content["owner"]
    return {
        "owner": owner["name"] if owner else "",
        "policy": content["policy"],
        "authorities": ", ".join(f"{row['regime']} {row['control']}" for row in content["authorities"]),
        "parameters": ", ".join(
            f"{row['name']}: {row['value']} ({row['since']})" for row in content["parameters"]
        ),
    }
