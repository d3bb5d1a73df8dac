"""How a university becomes a tenant: the template of its schema, and the steps to a site that answers."""
