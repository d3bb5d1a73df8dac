"""A column that sounds like a secret is either kept out of takeouts, or somebody said why it is none."""

import re

from django.apps import apps
from django.conf import settings

from tenants import router
from tenants.portability import policy

_SOUNDS = re.compile(r"password|secret|token|code|hash|session|key|salt|otp|epoch")
# table.column -> why it may leave.
_HARMLESS = {
    "audit_event.hash": "seals the entry; of no use to anybody",
    "audit_event.previous_hash": "seals the entry before",
    "catalog_course.key": "what the course is called in its folder",
    "catalog_courseversion.content_hash": "of what everybody may read",
    "catalog_lesson.key": "what the lesson is called in its folder",
    "catalog_question.key": "what the question is called in its folder",
    "learning_certificate.code": "printed on the certificate, for outsiders to check it by",
    "mail_message.key": "the occasion of a message",
    "people_department.code": "what rosters call the department",
    "people_group.code": "what rules call the group",
    "people_personfield.key": "what rules and rosters call the field",
    "records_credit.code": "printed on the certificate, for outsiders to check it by",
    "reminders_digest.message_key": "the occasion of a message",
    "reminders_escalationcopy.message_key": "the occasion of a message",
}


def _columns() -> set[str]:
    labels = router.tenant_labels()
    return {
        f"{model._meta.db_table}.{field.column}"
        for model in apps.get_models(include_auto_created=True)
        if model._meta.app_label in labels and model._meta.managed
        for field in model._meta.local_concrete_fields
    }


def test_every_column_that_sounds_like_a_secret_was_thought_of() -> None:
    chosen = policy.of(policy.Contents.TAKEOUT)
    leaving = {name for name in _columns() if name.partition(".")[0] not in chosen.left_out}
    sounding = {name for name in leaving if _SOUNDS.search(name.partition(".")[2])}
    replaced = {".".join(name) for name in chosen.replaced}
    assert sounding - replaced == set(_HARMLESS)


def test_what_the_lists_name_exists() -> None:
    columns = _columns()
    tables = {name.partition(".")[0] for name in columns} | {"django_migrations"}
    lists = [
        settings.ARCHIVE_STRUCTURE,
        settings.TAKEOUT_LEAVES_OUT,
        settings.RESTORE_EMPTIES,
        settings.OPENING_ROWS,
    ]
    assert {table for each in lists for table in each} <= tables
    assert set(settings.TAKEOUT_REPLACES) <= columns
    assert {f"{table}.{column}" for table, *names in settings.TAKEOUT_FILES for column in names} <= columns
