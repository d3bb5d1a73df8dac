"""A tenant's data on its way out and back in: takeouts for its owner, backups for the operator, and restoring.

Both are one archive of the same shape (docs/export-format.md). A takeout is the owner's and holds no secrets; a
backup is the operator's and holds everything. Whatever comes in is built as a new schema beside the old one, proved,
and only then swapped in, so a tenant is never half of one and half of the other.
"""
