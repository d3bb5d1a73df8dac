"""The list of facts: which columns of which tables a figure depends on. A new table of facts gets one line here.

The line needs a migration of this app that runs `watch(table)` and `keep_whole(table)`; a test compares this list with
the models and with the triggers that are there, and asks for a reason for every model that is left out.
"""

FACTS: dict[str, tuple[str, ...]] = {
    "people_user": (
        "is_active", "given_name", "family_name", "preferred_name", "email", "external_id", "first_signed_in_at",
    ),
    "people_affiliation": (
        "user_id", "department_id", "kind", "title", "manager_id", "starts_on", "ends_on", "fte_percent", "source",
    ),
    "people_leave": ("user_id", "starts_on", "ends_on"),
    "people_department": ("code", "name", "parent_id"),
    "people_group": ("code", "name", "kind", "is_archived"),
    "people_groupmember": ("group_id", "user_id", "since"),
    "people_personfield": ("key", "name", "kind", "is_retired"),
    "people_fieldvalue": ("field_id", "user_id", "words", "flag", "number", "day", "starts_on", "ends_on"),
    "requirements_requirement": ("public_id", "title", "state", "number", "turned_on_at"),
    "requirements_requirementpause": ("requirement_id", "starts_on", "resumes_on"),
    "requirements_holiday": ("on", "name"),
    "requirements_individual": (
        "requirement_id", "user_id", "side", "reason", "starts_on", "ends_on", "ended_on", "ended_at",
    ),
    "records_assignment": (
        "user_id", "requirement_id", "requirement_number", "status", "assigned_on", "withdrawn_on",
    ),
    "records_compliancerecord": (
        "assignment_id", "user_id", "requirement_id", "cycle", "window_opens_on", "due_on", "original_due_on",
        "grace_ends_on", "is_adjusted", "completed_at", "completed_on", "valid_from", "valid_until", "anchored_on",
        "late_days", "enrollment_id", "credit_id", "is_temporary", "event_id", "closed_at", "close_reason",
    ),
    "records_waiver": (
        "user_id", "requirement_id", "state", "starts_on", "ends_on", "ended_on", "reason", "decided_at",
    ),
    "records_exemption": (
        "user_id", "requirement_id", "state", "starts_on", "ends_on", "ended_on", "review_on", "reason", "decided_at",
    ),
    "records_extension": (
        "user_id", "requirement_id", "record_id", "state", "moved_from", "moved_to", "decided_at", "undone_at",
    ),
    "program_duty": ("public_id", "title", "owner_id", "deputy_id", "first_due_on", "repeats_months", "state"),
}  # fmt: skip
"""Table -> the columns that are kept. Never a secret: what is kept stays readable for as long as the tenant is."""

NOT_FACTS: dict[str, str] = {
    "people.RoleGrant": "who may look, not what is true; the audit log tells who held what",
    "people.Invitation": "a way in; no figure depends on it",
    "people.RosterImport": "a file on its way in, and itself the reason that is shown for what it changed",
    "people.RosterRow": "a line of such a file",
    "people.RosterChange": "what an import wrote, kept a day and a night to undo it; what it changed is in the facts",
    "people.Proposal": "an edit by hand that takes two and its decision; what it changed is in the facts",
    "requirements.RequirementVersion": "a frozen copy with its own moment; a trigger keeps it",
    "records.Shift": "append-only, with its own moment; read as it stands",
    "records.Credit": "append-only, with the moment it was given",
    "changes.Change": "a proposal and its decision; what it changed is a version of the requirement",
    "changes.Line": "whom a proposal would reach",
    "changes.HolidayChange": "a proposal and its decision; the list itself is kept",
    "changes.Outlook": "what a roster import or a list of holidays was to do; what it did is in the facts",
    "changes.OutlookLine": "for whom it was to do it",
    "changes.Threshold": "a setting of how proposals are decided",
    "records.TriggeringEvent": "append-only, with the moments it was recorded and ended; read as it stands",
    "records.Concern": "append-only, written with its event; read as it stands",
    "records.Revocation": "append-only, with its own day and moment; read as it stands",
    "records.Reinstatement": "append-only, with its own day and moment; read as it stands",
    "records.CertificationRequest": "what somebody asked and decided; what follows is a credit, and a trigger keeps it",
    "records.RevocationRequest": "as a certification; what follows is a revocation",
    "records.ReinstatementRequest": "as a certification; what follows is a reinstatement",
    "records.ExtensionLimit": "a setting of who moves due dates; what was moved is in the extensions",
    "records.Load": "a file on its way in; what was loaded is credits",
    "records.LoadUndo": "decided once, with its own day and moment; a trigger keeps it",
    "records.GraceDecision": "append-only, with its own day and moment, never for a day that was over",
    "records.AccessKey": "who may ask from outside, not what is true",
    "requirements.Equivalence": "decided once and ended once, with both moments; a trigger keeps it",
    "records.Turn": "how far the clockwork got; what it did is in the rows it wrote",
    "records.Obligation": "a view of rows that are kept",
    "evidence.Evidence": "what it counts for is a credit; append-only, with the moments it was sent and decided",
    "evidence.EvidenceFile": "never changed",
    "evidence.ReviewAim": "a setting of how soon reviews should be done; when each was done is in the evidence",
    "evidence.EvidenceReading": "what a machine found in a file; nothing is decided by it",
    "program.DutyRound": "opened once and closed once, with the moment; a trigger keeps it",
    "program.RoundCorrection": "append-only, with its own moment; read as it stands",
    "reminders.Notice": "what was told to whom; written once",
    "reminders.Digest": "a letter of one day; written once",
    "consequences.Receiver": "who is told outside, not what is true; the log tells who changed it",
    "consequences.Consequence": "decided once and ended once, with both moments; a trigger keeps it",
    "consequences.Freeze": "days on which nobody is told; the log tells who made and removed them",
    "consequences.Delivery": "what was told to whom, with what came back",
    "consequences.Withdrawal": "written once and ended once, with both moments; a trigger keeps it",
    "reminders.Escalation": "what was told to those above; once for each rung",
    "reminders.EscalationCopy": "who was told of it; written once",
}
"""Models of the apps of facts that are not kept, each with the reason."""

AS_THEY_STAND = (
    "records_shift", "records_credit", "records_revocation", "records_reinstatement", "records_loadundo",
    "records_gracedecision",
    "records_triggeringevent", "records_concern", "requirements_requirementversion", "requirements_equivalence",
    "program_dutyround", "program_roundcorrection",
)  # fmt: skip
"""The tables that days past are judged by without being kept here: a trigger of their own keeps what a row said; what
is added later, such as a decision or an end, has its own moment."""

APPS = ("people", "requirements", "records", "reminders", "changes", "evidence", "program", "consequences")
"""The apps in which every model is either a fact or named above."""


def watch(table: str, columns: tuple[str, ...]) -> str:
    """The SQL that has every change of these columns kept from now on. Running it again replaces the columns."""
    arguments = ", ".join(f"'{name}'" for name in columns)
    return f"""
    DROP TRIGGER IF EXISTS recorded_added ON {table};
    DROP TRIGGER IF EXISTS recorded_changed ON {table};
    DROP TRIGGER IF EXISTS recorded_removed ON {table};
    CREATE TRIGGER recorded_added AFTER INSERT ON {table} REFERENCING NEW TABLE AS later
        FOR EACH STATEMENT EXECUTE FUNCTION history_record({arguments});
    CREATE TRIGGER recorded_changed AFTER UPDATE ON {table} REFERENCING OLD TABLE AS earlier NEW TABLE AS later
        FOR EACH STATEMENT EXECUTE FUNCTION history_record({arguments});
    CREATE TRIGGER recorded_removed AFTER DELETE ON {table} REFERENCING OLD TABLE AS earlier
        FOR EACH STATEMENT EXECUTE FUNCTION history_record({arguments});
    """


def unwatch(table: str) -> str:
    """The SQL that ends it."""
    names = ("recorded_added", "recorded_changed", "recorded_removed")
    return "".join(f"DROP TRIGGER IF EXISTS {name} ON {table};\n" for name in names)


def keep_whole(table: str) -> str:
    """The SQL that lets a table be emptied at once by nobody; what is kept here would not notice that."""
    return f"""
    CREATE TRIGGER kept_whole BEFORE TRUNCATE ON {table} FOR EACH STATEMENT EXECUTE FUNCTION history_refuse();
    """


def let_empty(table: str) -> str:
    """The SQL that ends it."""
    return f"DROP TRIGGER IF EXISTS kept_whole ON {table};\n"
