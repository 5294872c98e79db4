"""Outside services, one folder each: a port, real adapters, a simulator. Pure: no Django, no room (DESIGN §1)."""
