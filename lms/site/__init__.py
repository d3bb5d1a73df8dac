"""The university's side of its own tenancy: what was done to its site, its address, its end."""
