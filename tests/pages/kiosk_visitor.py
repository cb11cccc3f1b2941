"""Somebody who stands before the kiosk: keeps its cookies, follows where it sends him, touches its buttons."""

import re
from html import unescape
from urllib.parse import unquote_plus, urlencode, urlsplit

import httpx

from gongji.channels import samples
from tests.identity_world import FORM

_FORMS = re.compile(r"<form[^>]*>.*?</form>", re.DOTALL)
_INPUT = re.compile(r'<input(?=[^>]*\bname="([^"]+)")(?:(?=[^>]*\bvalue="([^"]*)"))?[^>]*>')
_BUTTON = re.compile(r'<button(?![^>]*type="button")([^>]*)>(.*?)</button>', re.DOTALL)


class KioskVisitor:
    """`go` asks for a page, `touch` presses the button of that name and value, with the hidden fields beside it."""

    def __init__(self, world):
        self.world = world
        self.cookies = {}
        self.path = ""
        self.answer = httpx.Response(0)

    @property
    def text(self):
        return self.answer.text

    def go(self, path):
        return self._ask("GET", path)

    def touch(self, name="", value="", *, beside="", **typed):
        """Send the form that has such a button, and a field `beside` it."""
        for form in _FORMS.findall(self.text):
            if beside and f'name="{beside}"' not in form:
                continue
            for told, _ in _BUTTON.findall(form):
                at = dict(re.findall(r'(name|value)="([^"]*)"', told))
                if at.get("name", "") == name and (not value or unescape(at.get("value", "")) == value):
                    fields = {key: unescape(text) for key, text in _INPUT.findall(form)} | typed
                    fields |= {name: value or unescape(at.get("value", ""))} if name else {}
                    where = re.search(r'<form[^>]*action="([^"#]+)"', form)
                    return self._ask("POST", unescape(where[1]) if where else self.path, fields)
        raise AssertionError(f"no button {name}={value} on {self.path}: {self.text}")

    def shows(self, person_id, proof="passed"):
        """Show the card of a sample person, and his face."""
        self.touch("certno", samples.people()[person_id].identity.certno)
        return self.touch("proof", proof)

    def types(self, keys):
        for key in keys:
            self.touch("key", key)
        return self.answer

    def _ask(self, method, address, fields=None):
        while True:
            to = urlsplit(address)
            headers = [("cookie", "; ".join(f"{name}={value}" for name, value in self.cookies.items()))]
            headers += [("content-type", FORM)] if fields is not None else []
            body = urlencode(fields or {}).encode()
            query = dict(re.findall(r"([^&=]+)=([^&]*)", to.query))
            self.answer = self.world.ask(method, to.path, query=_plain(query), headers=headers, body=body)
            self.path = address
            for one in self.answer.headers.get_list("set-cookie"):
                name, _, value = one.partition(";")[0].partition("=")
                self.cookies[name] = value.strip('"')
            if self.answer.status_code != 303:
                return self.answer
            method, address, fields = "GET", self.answer.headers["location"], None


def _plain(query):
    return {unquote_plus(name): unquote_plus(value) for name, value in query.items()}
