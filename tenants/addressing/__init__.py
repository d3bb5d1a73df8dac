"""The addresses a tenant answers at: its subdomain, and a host name of its own."""
