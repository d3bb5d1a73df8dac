"""What happens to notices: planned by the clockwork or asked for by an officer, gathered into digests."""

from .digests import compose_digests
from .escalating import escalate, escalation_letter, plan_escalations
from .manual import remind_now
from .passing import pass_over
from .plan import plan_notices
from .turn import run_daily, settle

__all__ = [
    "compose_digests",
    "escalate",
    "escalation_letter",
    "pass_over",
    "plan_escalations",
    "plan_notices",
    "remind_now",
    "run_daily",
    "settle",
]
