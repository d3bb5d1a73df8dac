"""Support access on the tenant's host: the visit under a grant, what it may see, and the pages that watch it."""
