"""Changes that are agreed today and take effect on a coming day; what was agreed stays as it was until then."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

# What was decided stays as it was decided; what was agreed is made, handed back or withdrawn, and nothing else.
KEPT = """
CREATE OR REPLACE FUNCTION changes_keep() RETURNS trigger LANGUAGE plpgsql AS $body$
DECLARE
    agreed_on text[] := ARRAY['requirement_id', 'number', 'kind', 'reach', 'content', 'undoes_id', 'reason',
                              'proposed_by_id', 'proposed_at'];
BEGIN
    IF OLD.state IN ('made', 'rejected', 'withdrawn') THEN
        RAISE EXCEPTION 'A change that was decided cannot be changed.'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF OLD.state = 'agreed' AND (NEW.state = 'agreed' OR EXISTS (
        SELECT FROM unnest(agreed_on) AS name WHERE to_jsonb(OLD) -> name IS DISTINCT FROM to_jsonb(NEW) -> name
    )) THEN
        RAISE EXCEPTION 'What was agreed cannot be changed.' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN COALESCE(NEW, OLD);
END
$body$;
"""
LET_GO = """
CREATE OR REPLACE FUNCTION changes_keep() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
    IF OLD.state IN ('made', 'rejected', 'withdrawn') THEN
        RAISE EXCEPTION 'A change that was decided cannot be changed.'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN COALESCE(NEW, OLD);
END
$body$;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('changes', '0004_holidays'),
        ('requirements', '0011_versions_say_from_when_and_who'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='change',
            name='agreed_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='change',
            name='agreed_count',
            field=models.PositiveIntegerField(null=True),
        ),
        migrations.AddField(
            model_name='change',
            name='problem',
            field=models.TextField(blank=True, db_default='', default=''),
        ),
        migrations.AddField(
            model_name='change',
            name='takes_effect_on',
            field=models.DateField(null=True, verbose_name='takes effect on'),
        ),
        migrations.AddField(
            model_name='change',
            name='withdrawal_reason',
            field=models.TextField(blank=True, db_default='', default=''),
        ),
        migrations.AddField(
            model_name='change',
            name='withdrawn_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AlterField(
            model_name='change',
            name='state',
            field=models.CharField(choices=[('prepared', 'Prepared'), ('waiting', 'Waiting for a second person'), ('agreed', 'Agreed, takes effect on a coming day'), ('made', 'Made'), ('rejected', 'Rejected'), ('withdrawn', 'Withdrawn')], default='prepared', max_length=10),
        ),
        migrations.AlterField(
            model_name='holidaychange',
            name='state',
            field=models.CharField(choices=[('prepared', 'Prepared'), ('waiting', 'Waiting for a second person'), ('agreed', 'Agreed, takes effect on a coming day'), ('made', 'Made'), ('rejected', 'Rejected'), ('withdrawn', 'Withdrawn')], default='prepared', max_length=10),
        ),
        migrations.AddConstraint(
            model_name='change',
            constraint=models.UniqueConstraint(condition=models.Q(('state', 'agreed')), fields=('requirement',), name='change_one_agreed_ahead'),
        ),
        migrations.AddConstraint(
            model_name='change',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'agreed'), _negated=True), models.Q(('agreed_at__isnull', False), ('agreed_count__isnull', False), ('takes_effect_on__isnull', False)), _connector='OR'), name='change_agreed_has_its_day'),
        ),
        migrations.RunSQL(KEPT, LET_GO),
    ]
