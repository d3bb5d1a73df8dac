"""The operator console: a tenant of its own kind, with a host, a process and a database login of its own."""
