"""What a one-shot message says is read on the page and nowhere else: not in the cookie that carries it."""

from __future__ import annotations

from django.contrib.messages.storage.base import Message
from django.http import HttpResponse
from django.test import RequestFactory

from serment.config.flash import SealedCookieStorage


def carried(text: str) -> tuple[str, SealedCookieStorage]:
    """(cookie, the storage of the next request)."""
    storage = SealedCookieStorage(RequestFactory().get("/"))
    answer = HttpResponse()
    storage._store([Message(25, text)], answer)
    cookie = answer.cookies["messages"].value
    request = RequestFactory().get("/")
    request.COOKIES["messages"] = cookie
    return cookie, SealedCookieStorage(request)


def test_a_message_arrives_and_its_cookie_says_nothing(settings) -> None:
    cookie, following = carried("PHQ-9 : 27 sur 27, sévère")
    assert [message.message for message in following] == ["PHQ-9 : 27 sur 27, sévère"]
    from django.contrib.messages.storage.cookie import CookieStorage

    request = RequestFactory().get("/")
    request.COOKIES["messages"] = cookie
    assert list(CookieStorage(request)) == []
    assert "PHQ" not in cookie


def test_an_altered_cookie_is_no_message() -> None:
    cookie, _ = carried("Bonjour")
    request = RequestFactory().get("/")
    request.COOKIES["messages"] = cookie[:-4] + "AAAA"
    assert list(SealedCookieStorage(request)) == []


def test_the_program_uses_it(settings) -> None:
    assert settings.MESSAGE_STORAGE == "serment.config.flash.SealedCookieStorage"
