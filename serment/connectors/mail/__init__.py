"""Mail as the funds' transport uses it: SMTP to send, IMAP to fetch, both under TLS, both safe to do again.

The public facts on the liberal transport are incomplete: addresses, subject and envelope are the caller's settings.
"""
