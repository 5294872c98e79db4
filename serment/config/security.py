"""What every answer carries, and what no log line may."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse

# No inline script, no third party, no frame: référentiel R3.15, E-WEB-1 to E-WEB-3. Styles may be inline
# because the calendar places its events with style attributes.
CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; "
    "font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; "
    "frame-src 'self'; object-src 'none'; manifest-src 'self'"
)


class SecurityHeadersMiddleware:
    """Set the security headers; forbid caching of anything that is not a static file (P-MOB-1)."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        headers = response.headers
        headers.setdefault("Content-Security-Policy", CONTENT_SECURITY_POLICY)
        headers["X-Content-Type-Options"] = "nosniff"
        # Not "no-referrer": browsers then post forms with "Origin: null", which the CSRF check refuses.
        headers["Referrer-Policy"] = "same-origin"
        headers["Cross-Origin-Opener-Policy"] = "same-origin"
        headers["Permissions-Policy"] = "camera=(), microphone=(), geolocation=()"
        if not request.path.startswith(settings.STATIC_URL):
            headers["Cache-Control"] = "no-store"
        if settings.SECURE_COOKIES:
            headers["Strict-Transport-Security"] = "max-age=31536000"
        return response


class RedactFilter(logging.Filter):
    """Mask long digit runs and e-mail addresses, should one ever reach a log line."""

    pattern = re.compile(r"\d{9,}|[\w.+-]+@[\w-]+\.[\w.]+")

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg = self.pattern.sub("•••", record.getMessage())
        record.args = ()
        return True
