"""The end of a tenant: closing, which can be undone, and the purge, which cannot."""

# The job that deletes (tenants.closing.purge).
PURGE = "tenants.purge"
