"""When somebody first signed in is a fact about them: written once, and kept by the database."""

from django.db import migrations, models

# What is known of those who came before it was written down: when they accepted their invitation, else that they have
# signed in by the last time they did.
FORWARD = """
UPDATE people_user u
   SET first_signed_in_at = COALESCE(
       (SELECT min(i.accepted_at) FROM people_invitation i WHERE i.user_id = u.id), u.last_login)
 WHERE first_signed_in_at IS NULL;

CREATE FUNCTION people_keep_first_sign_in() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
    -- Kept, not refused: whoever saves a person as they were read a moment before the sign-in means something else.
    NEW.first_signed_in_at := OLD.first_signed_in_at;
    RETURN NEW;
END
$body$;

CREATE TRIGGER first_sign_in_kept BEFORE UPDATE ON people_user
    FOR EACH ROW
    WHEN (OLD.first_signed_in_at IS NOT NULL AND NEW.first_signed_in_at IS DISTINCT FROM OLD.first_signed_in_at)
    EXECUTE FUNCTION people_keep_first_sign_in();
"""

BACKWARD = """
DROP TRIGGER first_sign_in_kept ON people_user;
DROP FUNCTION people_keep_first_sign_in();
"""


class Migration(migrations.Migration):
    dependencies = [("people", "0006_proposals")]

    operations = [
        migrations.AddField(
            model_name="user",
            name="first_signed_in_at",
            field=models.DateTimeField(editable=False, null=True, verbose_name="first signed in"),
        ),
        migrations.RunSQL(FORWARD, BACKWARD),
    ]
