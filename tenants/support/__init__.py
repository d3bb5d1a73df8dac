"""Support access: an operator looks into one tenant, for a reason, for an hour at most, and only to read.

`actions` and `queries` are the operator's side, in the public schema. `doors` is the tenant's: functions of the
database that answer its role about its own tenant and no other.
"""
