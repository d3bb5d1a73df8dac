"""What happens to notices: planned by the clockwork or asked for by an officer, gathered into digests."""

from .digests import compose_digests
from .manual import remind_now
from .plan import plan_notices
from .turn import run_daily, settle

__all__ = ["compose_digests", "plan_notices", "remind_now", "run_daily", "settle"]
