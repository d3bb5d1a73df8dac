"""What is kept of an error where others than its tenant read it: in the shared tables, and in the log."""

import psycopg


def sentence(error: BaseException) -> str:
    """What went wrong, in one line without any values: PostgreSQL's details quote rows of the tenant."""
    for each in (error, error.__cause__):
        if isinstance(each, psycopg.Error) and each.diag.message_primary:
            return each.diag.message_primary
    return f"{type(error).__name__}: {error}".strip().splitlines()[0]
