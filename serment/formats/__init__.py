"""Pure formats of French health care: no Django, no database, importable alone (DESIGN §1, floor 0).

Every refusal is a ``FormatError`` whose message is a French sentence that says what to do and never repeats what
was typed: messages may end up on a screen, in a log or in an import report.
"""
