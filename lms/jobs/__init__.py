"""Long work with a page of its own: it shows how far it is, survives its worker, and can be cancelled."""
