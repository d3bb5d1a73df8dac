"""From which day on a version holds, and who approved it; both stay as they were written."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

# Whoever made or approved a version may be deleted as a person one day; what it says stays.
FORWARD = """
CREATE OR REPLACE FUNCTION requirements_keep_versions() RETURNS trigger LANGUAGE plpgsql AS $body$
DECLARE
    people text[] := ARRAY['by_id', 'approved_by_id'];
BEGIN
    IF TG_OP = 'DELETE' OR NEW.by_id IS NOT NULL AND NEW.by_id IS DISTINCT FROM OLD.by_id
       OR NEW.approved_by_id IS NOT NULL AND NEW.approved_by_id IS DISTINCT FROM OLD.approved_by_id
       OR to_jsonb(OLD) - people IS DISTINCT FROM to_jsonb(NEW) - people THEN
        RAISE EXCEPTION 'What a requirement said cannot be changed.' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END
$body$;
"""
BACKWARD = """
CREATE OR REPLACE FUNCTION requirements_keep_versions() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
    IF TG_OP = 'DELETE' OR NEW.by_id IS NOT NULL AND NEW.by_id IS DISTINCT FROM OLD.by_id
       OR to_jsonb(OLD) - 'by_id' IS DISTINCT FROM to_jsonb(NEW) - 'by_id' THEN
        RAISE EXCEPTION 'What a requirement said cannot be changed.' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END
$body$;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("requirements", "0010_versions_kept_by_the_database"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            "requirementversion",
            "approved_by",
            models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField("requirementversion", "effective_on", models.DateField(null=True)),
        migrations.RunSQL(FORWARD, BACKWARD),
    ]
