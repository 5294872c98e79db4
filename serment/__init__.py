"""Serment: practice management for French self-employed doctors and paramedics."""

__version__ = "0.1.0"
