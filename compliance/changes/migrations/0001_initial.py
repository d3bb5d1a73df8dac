"""Changes of requirements, their lines, and from how many people it takes two."""
import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models


# What was decided stays as it was decided.
KEPT = """
CREATE FUNCTION changes_keep() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
    IF OLD.state IN ('made', 'rejected', 'withdrawn') THEN
        RAISE EXCEPTION 'A change that was decided cannot be changed.'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN COALESCE(NEW, OLD);
END
$body$;

CREATE FUNCTION changes_keep_lines() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
    IF EXISTS (SELECT FROM changes_change WHERE id = OLD.change_id AND state = 'made') THEN
        RAISE EXCEPTION 'What a change did cannot be changed.'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN COALESCE(NEW, OLD);
END
$body$;

CREATE TRIGGER kept BEFORE UPDATE ON changes_change FOR EACH ROW EXECUTE FUNCTION changes_keep();
CREATE TRIGGER kept BEFORE UPDATE OR DELETE ON changes_line FOR EACH ROW EXECUTE FUNCTION changes_keep_lines();
"""
GONE = """
DROP TRIGGER kept ON changes_line;
DROP TRIGGER kept ON changes_change;
DROP FUNCTION changes_keep_lines();
DROP FUNCTION changes_keep();
"""


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('requirements', '0003_basis'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Change',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=uuid.uuid4, editable=False)),
                ('number', models.PositiveIntegerField()),
                ('kind', models.CharField(choices=[('edit', 'Change what it says'), ('turn_on', 'Turn it on'), ('resume', 'Turn it on again'), ('pause', 'Let it rest'), ('retire', 'Retire it'), ('undo', 'Undo a change')], max_length=10)),
                ('state', models.CharField(choices=[('prepared', 'Prepared'), ('waiting', 'Waiting for a second person'), ('made', 'Made'), ('rejected', 'Rejected'), ('withdrawn', 'Withdrawn')], default='prepared', max_length=10)),
                ('reach', models.CharField(choices=[('future', 'Future cycles only'), ('open', 'Open cycles too')], default='future', max_length=6)),
                ('content', models.JSONField()),
                ('before', models.JSONField()),
                ('reason', models.TextField(blank=True, verbose_name='reason')),
                ('fingerprint', models.CharField(max_length=64)),
                ('worked_out_on', models.DateField()),
                ('worked_out_at', models.DateTimeField()),
                ('affected_count', models.PositiveIntegerField(default=0)),
                ('people_count', models.PositiveIntegerField(default=0)),
                ('limit', models.PositiveIntegerField(null=True)),
                ('mails_today', models.PositiveIntegerField(default=0)),
                ('mails_ahead', models.PositiveIntegerField(default=0)),
                ('mails_ahead_before', models.PositiveIntegerField(default=0)),
                ('proposed_at', models.DateTimeField()),
                ('decided_at', models.DateTimeField(null=True)),
                ('decision_note', models.TextField(blank=True)),
                ('made_at', models.DateTimeField(null=True)),
                ('version_number', models.PositiveIntegerField(null=True)),
                ('decided_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('proposed_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('requirement', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='changes', to='requirements.requirement')),
                ('undoes', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='undone_by', to='changes.change')),
            ],
            options={
                'verbose_name': 'change',
                'ordering': ['-proposed_at', '-id'],
            },
        ),
        migrations.CreateModel(
            name='Line',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('effect', models.CharField(choices=[('add', 'Gets it'), ('credit', 'Gets it, done already'), ('later', 'Gets it later'), ('never', 'Would have got it, no longer'), ('restore', 'Has it back'), ('drop', 'Loses it'), ('rest', 'It rests for them'), ('resume', 'It counts again'), ('move', 'Due date moves'), ('next', 'Next cycle differs'), ('close', 'Renewal closes again'), ('mails', 'Reminded on other days')], max_length=10)),
                ('difference', models.CharField(blank=True, choices=[('', 'As before'), ('new', 'New'), ('other', 'Other dates'), ('gone', 'No longer')], default='', max_length=5)),
                ('due_from', models.DateField(null=True)),
                ('due_to', models.DateField(null=True)),
                ('starts_on', models.DateField(null=True)),
                ('shifted_from', models.DateField(null=True)),
                ('shifted_to', models.DateField(null=True)),
                ('grace_from', models.PositiveIntegerField(default=0)),
                ('grace_to', models.PositiveIntegerField(default=0)),
                ('opens_from', models.DateField(null=True)),
                ('opens_to', models.DateField(null=True)),
                ('next_due_from', models.DateField(null=True)),
                ('next_due_to', models.DateField(null=True)),
                ('until_from', models.DateField(null=True)),
                ('until_to', models.DateField(null=True)),
                ('assignment_id', models.BigIntegerField(null=True)),
                ('assignment_status', models.CharField(blank=True, max_length=10)),
                ('record_id', models.BigIntegerField(null=True)),
                ('change', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='lines', to='changes.change')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'line of a change',
            },
        ),
        migrations.CreateModel(
            name='Threshold',
            fields=[
                ('id', models.PositiveSmallIntegerField(default=1, primary_key=True, serialize=False)),
                ('is_on', models.BooleanField(default=True, verbose_name='a second person is needed')),
                ('percent', models.PositiveSmallIntegerField(default=10, verbose_name='share of active people, in percent')),
                ('at_least', models.PositiveIntegerField(default=50, verbose_name='and at least')),
            ],
            options={
                'verbose_name': 'threshold',
                'constraints': [models.CheckConstraint(condition=models.Q(('id', 1)), name='threshold_is_one_row'), models.CheckConstraint(condition=models.Q(('percent__lte', 100)), name='threshold_is_a_share')],
            },
        ),
        migrations.AddConstraint(
            model_name='change',
            constraint=models.UniqueConstraint(fields=('public_id',), name='change_public_id_once'),
        ),
        migrations.AddConstraint(
            model_name='change',
            constraint=models.UniqueConstraint(fields=('requirement', 'number'), name='change_number_once'),
        ),
        migrations.AddConstraint(
            model_name='change',
            constraint=models.UniqueConstraint(condition=models.Q(('state', 'made')), fields=('undoes',), name='change_undone_once'),
        ),
        migrations.AddConstraint(
            model_name='change',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('made_at__isnull', False), ('state', 'made')), models.Q(models.Q(('state', 'made'), _negated=True), ('made_at__isnull', True)), _connector='OR'), name='change_made_has_moment'),
        ),
        migrations.AddConstraint(
            model_name='change',
            constraint=models.CheckConstraint(condition=models.Q(('decided_by__isnull', True), models.Q(('decided_by', models.F('proposed_by')), _negated=True), _connector='OR'), name='change_decided_by_another'),
        ),
        migrations.AddConstraint(
            model_name='change',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'rejected'), _negated=True), models.Q(('decided_by__isnull', False), models.Q(('decision_note', ''), _negated=True)), _connector='OR'), name='change_rejected_with_reason'),
        ),
        migrations.AddIndex(
            model_name='line',
            index=models.Index(fields=['change', 'effect'], name='change_lines_by_effect'),
        ),
        migrations.AddConstraint(
            model_name='line',
            constraint=models.UniqueConstraint(fields=('change', 'user'), name='change_line_once_a_person'),
        ),
        migrations.RunSQL(KEPT, GONE),
    ]
