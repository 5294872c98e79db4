"""``python -m bench``: build a practice of fictitious patients, start the real server, measure it over HTTP."""
