"""What happened to a tenant, for whoever stands above."""

from django.dispatch import Signal

# Sent inside the tenant when it begins to serve. Provides: at (aware datetime).
tenant_opened = Signal()

# Sent inside the tenant, once for each event of the chronicle that concerns it. Provides: public_id (uuid.UUID, the
# event's own: who hears it twice does nothing the second time), kind, by, reason (texts), facts (a dict) and at (aware
# datetime), as `tenants.chronicle.write` was given them.
tenant_changed = Signal()
