"""When a due date was moved stays as well: a day before that is judged by the earlier date."""

from django.db import migrations

KEPT = """
DROP TRIGGER kept ON records_shift;
CREATE TRIGGER kept BEFORE UPDATE OF moved_from, moved_to, grace_from, grace_to, change, record_id{also} OR DELETE
    ON records_shift FOR EACH ROW EXECUTE FUNCTION records_keep_shifts();
"""


class Migration(migrations.Migration):
    dependencies = [("records", "0019_derivation")]

    operations = [migrations.RunSQL(KEPT.format(also=", at, number, reason"), KEPT.format(also=""))]
