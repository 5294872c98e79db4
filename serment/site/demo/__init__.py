"""The demonstration: a practice of fictitious people, made by the same verbs as a real one (E-DEV-3)."""
