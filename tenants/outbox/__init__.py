"""Messages as rows: written with the fact they tell of, sent later, never lost.

The row in PostgreSQL is the truth; whatever wakes the sender up is only a hint. `delivery` says how a row
goes from waiting to sent, and where the one window for a duplicate lies.
"""

from tenants.outbox.delivery import Sender, deliver, next_wake
from tenants.outbox.envelope import one_line
from tenants.outbox.rows import Letter, OutboxRow, OutboxState

__all__ = [
    "Letter",
    "OutboxRow",
    "OutboxState",
    "Sender",
    "deliver",
    "next_wake",
    "one_line",
]
