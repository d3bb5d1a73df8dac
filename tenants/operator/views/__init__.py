"""The pages of the console. Each runs in the public schema (tenants.operator.guard)."""
