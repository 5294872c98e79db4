"""A browser reduced to what a measure needs: a kept connection, cookies, the CSRF token. Standard library only."""

from __future__ import annotations

import http.client
import re
import time
from collections.abc import Callable
from urllib.parse import urlencode

import pyotp


class Browser:
    """One signed-in client on one keep-alive connection."""

    def __init__(self, host: str, port: int) -> None:
        self.connection = http.client.HTTPConnection(host, port, timeout=30)
        self.cookies: dict[str, str] = {}
        self.token = ""

    def ask(
        self,
        method: str,
        path: str,
        data: list[tuple[str, str]] | dict[str, str] | None = None,
        **headers: str,
    ) -> tuple[int, bytes]:
        """(status, body) of one request, redirects not followed."""
        sent = {
            "Cookie": "; ".join(f"{k}={v}" for k, v in self.cookies.items()),
            "Accept": "text/html",
            **headers,
        }
        body = None
        if data is not None:
            body = urlencode(data)
            sent["Content-Type"] = "application/x-www-form-urlencoded"
            sent["X-CSRFToken"] = self.token
        self.connection.request(method, path, body, sent)
        response = self.connection.getresponse()
        content = response.read()
        for header in response.headers.get_all("Set-Cookie") or []:
            name, _, value = header.split(";", 1)[0].partition("=")
            self.cookies[name] = value
        self.location = response.headers.get("Location", "")
        return response.status, content

    def remember_token(self, page: bytes) -> None:
        found = re.search(rb'name="csrf-token" content="([^"]+)"', page)
        if found:
            self.token = found[1].decode()

    def sign_in(self, login: str, password: str, totp_secret: str) -> float:
        """Sign in with two factors; gives the milliseconds that the password step took."""
        _, page = self.ask("GET", "/connexion/")
        self.remember_token(page)
        started = time.perf_counter()
        status, _ = self.ask("POST", "/connexion/", {"login": login, "password": password})
        took = (time.perf_counter() - started) * 1000
        if status != 302:
            raise RuntimeError(f"sign-in answered {status}")
        _, page = self.ask("GET", "/connexion/second-facteur/")
        self.remember_token(page)
        code = pyotp.TOTP(totp_secret).now()
        status, _ = self.ask("POST", "/connexion/second-facteur/", {"code": code})
        if status != 302:
            raise RuntimeError(f"second factor answered {status}")
        _, page = self.ask("GET", "/patients/")
        self.remember_token(page)
        return took

    def sign_in_again(self, login: str, password: str, totp_secret: str) -> None:
        """Sign in when a code of these 30 seconds has already served: the next one is as good (a phone runs ahead)."""
        _, page = self.ask("GET", "/connexion/")
        self.remember_token(page)
        self.ask("POST", "/connexion/", {"login": login, "password": password})
        _, page = self.ask("GET", "/connexion/second-facteur/")
        self.remember_token(page)
        for step in (0, 30, -30):
            code = pyotp.TOTP(totp_secret).at(int(time.time()) + step)
            status, _ = self.ask("POST", "/connexion/second-facteur/", {"code": code})
            if status == 302:
                break
        else:
            raise RuntimeError("no code was accepted")
        _, page = self.ask("GET", "/patients/")
        self.remember_token(page)


def wait_ready(host: str, port: int, seconds: float = 90, alive: Callable[[], bool] = lambda: True) -> None:
    """Wait until the sign-in page answers. Raises RuntimeError when it does not, or when ``alive`` says no."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            connection = http.client.HTTPConnection(host, port, timeout=5)
            connection.request("GET", "/connexion/")
            if connection.getresponse().status < 500:
                return
        except OSError:
            pass
        finally:
            connection.close()
        if not alive():
            break
        time.sleep(0.05)
    raise RuntimeError("the server did not start")
