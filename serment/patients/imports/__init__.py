"""Patients from the file of a former program (CSV): read, guess the columns, try, then create batch after batch."""
