"""What a tenant's archives hold, where takeouts lie, and who is asked when a tenant comes back from one."""

from config import env

# Owners' takeouts until they expire. Shared by web and workers; empty: the feature says that it is not set up.
EXPORT_DIR = env.text("EXPORT_DIR", "")
EXPORT_DAYS = env.number("EXPORT_DAYS", 7)
# A replaced schema stays this long, for a quick way back.
RETIRED_SCHEMA_DAYS = env.number("RETIRED_SCHEMA_DAYS", 14)
# Where the nightly backups of every tenant lie, written by workers; empty: none are taken. The newest so many stay.
BACKUP_DIR = env.text("BACKUP_DIR", "")
BACKUP_KEEP = env.number("BACKUP_KEEP", 30)
# A login that may read every tenant's schema and write none; the owner's is used where it is not set.
DATABASE_BACKUP_URL = env.text("DATABASE_BACKUP_URL", "")
# The same login in each database of the cluster list.
DATABASE_CELL_BACKUPS = env.pairs("DATABASE_CELL_BACKUPS")

# Made by the migrations, the same in every tenant of a release: comes with the schema, never from a file.
ARCHIVE_STRUCTURE = {
    "django_migrations": "comes with the release",
    "django_content_type": "comes with the release",
    "auth_permission": "comes with the release",
    "auth_group": "not used",
    "auth_group_permissions": "not used",
}
TAKEOUT_LEAVES_OUT = {
    "django_session": "who is signed in at this moment, with keys that would let a reader in",
    "usersessions_usersession": "who is signed in at this moment, with keys that would let a reader in",
    "account_emailconfirmation": "codes that confirm an address",
    "mfa_authenticator": "secrets of second factors",
    "people_invitation": "hashes of ways in",
    "records_accesskey": "hashes of ways in",
    "jobs_job": "progress of long work on this installation; what it led to is in the other tables",
}
# table.column -> (what is written instead, as SQL; why)
TAKEOUT_REPLACES = {
    "people_user.password": ("'!'", "password hashes; people come in by a code sent to their address"),
    "consequences_receiver.url": (
        "split_part(url, '?', 1)",
        "what stands behind the ? of an address that is called, which is often a secret",
    ),
    "mail_message.text": (
        "CASE WHEN is_copy_kept THEN text ELSE '' END",
        "letters that hold a code or a link",
    ),
    "mail_message.html": (
        "CASE WHEN is_copy_kept THEN html ELSE '' END",
        "letters that hold a code or a link",
    ),
    "mail_message.facts": (
        "CASE WHEN is_copy_kept THEN facts ELSE '{}' END",
        "letters that hold a code or a link",
    ),
}
# Files people uploaded: (table, column with the content, column with the name). Also written as files.
TAKEOUT_FILES = [
    ("catalog_courseupload", "content", "file_name"),
    ("people_rosterimport", "content", "file_name"),
    ("evidence_evidencefile", "content", "name"),
]
# Not brought back by a restore: whoever was signed in or had a way in before must come in anew.
RESTORE_EMPTIES = [
    "django_session",
    "usersessions_usersession",
    "account_emailconfirmation",
    "people_invitation",
    "records_accesskey",
]
# Nothing but what opening a site makes may be in a tenant that an archive is imported into: table -> most rows.
OPENING_ROWS = {
    "people_user": 1,
    "people_rolegrant": 8,
    "people_invitation": 1,
    "account_emailaddress": 1,
    "mail_message": 4,
    "audit_event": 50,
    "history_change": 200,
    "django_session": 1000,
    "usersessions_usersession": 1000,
}
# Called inside a rebuilt schema as f(at=..., reason=...), before it serves: nothing of the past may leave again.
TENANT_RESETTERS = [
    "lms.mail.actions.silence",
    "lms.jobs.actions.stop_all",
    "compliance.reminders.actions.pass_over",
    "compliance.consequences.actions.hold_all",
]
# Called inside a rebuilt schema; each answers with sentences about what is wrong, none when all is well.
TENANT_PROOFS = [
    "lms.audit.queries.faults",
    "lms.learning.queries.faults",
]
