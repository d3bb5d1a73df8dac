"""The nightly audit: do the walls between tenants stand? It reads, says what it found, and repairs nothing."""
