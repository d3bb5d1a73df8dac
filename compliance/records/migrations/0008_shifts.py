"""Due dates of open cycles that moved because a requirement was changed."""


import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


# Append-only: a date that moves back is a fact of its own.
KEPT = """
CREATE FUNCTION records_keep_shifts() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
    RAISE EXCEPTION 'A moved due date cannot be changed; move it again.'
        USING ERRCODE = 'integrity_constraint_violation';
END
$body$;

CREATE TRIGGER kept BEFORE UPDATE OF moved_from, moved_to, grace_from, grace_to, change, record_id OR DELETE
    ON records_shift FOR EACH ROW EXECUTE FUNCTION records_keep_shifts();
"""
GONE = """
DROP TRIGGER kept ON records_shift;
DROP FUNCTION records_keep_shifts();
"""


class Migration(migrations.Migration):

    dependencies = [
        ('records', '0007_credits_kept_by_the_database'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterField(
            model_name='compliancerecord',
            name='close_reason',
            field=models.CharField(blank=True, choices=[('withdrawn', 'The person is no longer meant'), ('retired', 'The requirement was retired'), ('waived', 'The person was excused; a new cycle began when that ended'), ('undone', 'A change that had opened it was undone')], max_length=10),
        ),
        migrations.CreateModel(
            name='Shift',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('moved_from', models.DateField()),
                ('moved_to', models.DateField()),
                ('grace_from', models.PositiveIntegerField()),
                ('grace_to', models.PositiveIntegerField()),
                ('change', models.UUIDField()),
                ('number', models.PositiveIntegerField()),
                ('reason', models.TextField(blank=True)),
                ('at', models.DateTimeField()),
                ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('record', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='shifts', to='records.compliancerecord')),
            ],
            options={
                'verbose_name': 'moved due date',
                'constraints': [models.UniqueConstraint(fields=('record', 'change'), name='shift_once_a_change')],
            },
        ),
        migrations.RunSQL(KEPT, GONE),
    ]
