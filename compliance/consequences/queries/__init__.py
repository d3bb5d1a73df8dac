"""What the consequences say: who is due to lose access, what was told, and what became of it."""

from compliance.consequences.queries.listing import (
    consequence,
    consequences_of,
    deliveries,
    delivery,
    freeze,
    freezes,
    log,
    newer_exists,
    open_withdrawals,
    receiver,
    receivers,
)
from compliance.consequences.queries.losses import Loss, losses_of
from compliance.consequences.queries.owing import (
    Late,
    Reach,
    Standing,
    frozen_spans,
    is_frozen,
    late_of,
    reach,
    standings_of,
)

__all__ = [
    "Late",
    "Loss",
    "Reach",
    "Standing",
    "consequence",
    "consequences_of",
    "deliveries",
    "delivery",
    "freeze",
    "freezes",
    "frozen_spans",
    "is_frozen",
    "late_of",
    "log",
    "losses_of",
    "newer_exists",
    "open_withdrawals",
    "reach",
    "receiver",
    "receivers",
    "standings_of",
]
