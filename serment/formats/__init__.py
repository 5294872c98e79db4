"""Pure formats: no Django, importable alone. Each refuses bad input with a French sentence that says what to do."""
