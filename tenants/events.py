"""What happened to a tenant, for whoever stands above."""

from django.dispatch import Signal

# Sent inside the tenant when it begins to serve. Provides: at (aware datetime).
tenant_opened = Signal()
