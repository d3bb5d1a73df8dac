"""What answers a requirement is sets of courses: the one course that each had becomes the first of its first set."""

from django.db import migrations, models

FILL = """
UPDATE requirements_requirement
   SET satisfiers = jsonb_build_array(jsonb_build_object('from_round', 1, 'courses', jsonb_build_array(course_id)));
UPDATE requirements_requirementversion
   SET content = (content - 'course_id') || jsonb_build_object('satisfiers', jsonb_build_array(
           jsonb_build_object('from_round', 1, 'courses', jsonb_build_array(content -> 'course_id'))))
 WHERE content ? 'course_id';
"""


class Migration(migrations.Migration):
    dependencies = [("requirements", "0005_individuals_kept_by_the_database")]

    operations = [
        migrations.AddField(
            model_name="requirement",
            name="satisfiers",
            field=models.JSONField(
                default=list, db_default=models.Value([], models.JSONField()), verbose_name="courses"
            ),
        ),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
        migrations.RemoveField(model_name="requirement", name="course"),
        migrations.AddConstraint(
            model_name="requirement",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("satisfiers__0__courses__0__isnull", False), ("satisfiers__0__from_round", 1)
                ),
                name="requirement_something_answers_it",
            ),
        ),
    ]
