"""The migrations of a new release in every tenant's schema: planned once, applied to each by itself.

`actions.upgrade` is the whole of it. `survey` says what is left and in which state each schema is; `planning` works
out the SQL of one state on one schema and takes it back; `replay` sends it to a tenant in one round trip; `visits`
runs what cannot be written down as SQL; `record` keeps what became of each tenant.
"""
