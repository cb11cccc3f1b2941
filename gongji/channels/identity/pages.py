"""The pages of signing in: sent so that nobody keeps, frames or changes them, and only our own forms lead on."""

from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import urlsplit

from litestar import Request, Response
from litestar.datastructures import Cookie
from msgspec import Struct

from gongji.channels.api.problems import language_of
from gongji.channels.pages.assets import page_headers
from gongji.channels.pages.rendering import render, say
from gongji.domain.texts import Language

AnyRequest = Request[Any, Any, Any]

COOKIE: Final = "gongji-signin"
KNOCK_COOKIE: Final = "gongji-knock"


class Jar(Struct, frozen=True):
    """How cookies are set: `secure` where the address is https."""

    secure: bool

    def name(self, plain: str) -> str:
        """Return the name of a cookie; over https one that no other host can set."""
        return f"__Host-{plain}" if self.secure else plain

    def read(self, request: AnyRequest, plain: str) -> str:
        """Return what a browser keeps under a name, "" for nothing."""
        return request.cookies.get(self.name(plain), "")

    def kept(self, plain: str, value: str, seconds: int) -> Cookie:
        """Return what has a browser keep something for so long, out of the reach of scripts; 0 has it forget."""
        return Cookie(
            key=self.name(plain),
            value=value,
            path="/",
            max_age=seconds,
            secure=self.secure,
            httponly=True,
            samesite="lax",
        )


def jar_of(issuer: str) -> Jar:
    """Return how cookies are set at that address."""
    return Jar(secure=issuer.startswith("https://"))


def language_for(request: AnyRequest) -> Language:
    """Return the language that a browser asks for."""
    return language_of(request.headers.get("accept-language", ""))


def page(
    request: AnyRequest, template: str, told: Mapping[str, Any], *, status: int = 200, leads_to: str = ""
) -> Response[bytes]:
    """Return a page; its forms lead to ourselves, and with `leads_to` on to where that URI is."""
    body = render(f"signing_in/{template}.html", language_for(request), told).encode()
    headers = page_headers()
    if leads_to:
        policy = headers["content-security-policy"]
        headers["content-security-policy"] = policy.replace("form-action 'self'", f"form-action 'self' {_of(leads_to)}")
    headers |= {"cache-control": "private, no-store", "referrer-policy": "no-referrer", "vary": "accept-language"}
    return Response(body, status_code=status, media_type="text/html; charset=utf-8", headers=headers)


def fault_page(
    request: AnyRequest,
    what: str,
    *,
    status: int,
    sandbox: bool = False,
    again: str = "",
    detail: str = "",
    **figures: object,
) -> Response[bytes]:
    """Return a page that says why nobody was signed in: `what` names the words, `detail` is for the app's help desk."""
    language = language_for(request)
    told = {
        "what": say(language, f"signing_in.fault_{what}", **figures),
        "next": say(language, f"signing_in.fault_{what}_next"),
        "detail": detail,
        "again": again,
        "sandbox": sandbox,
    }
    return page(request, "fault", told, status=status)


def said_page(
    request: AnyRequest, what: str, following: str, *, status: int, sandbox: bool, again: str
) -> Response[bytes]:
    """Return a page that says why nobody was signed in, in words that stand elsewhere."""
    told = {"what": what, "next": following, "detail": "", "again": again, "sandbox": sandbox}
    return page(request, "fault", told, status=status)


def sent_on(location: str, *cookies: Cookie) -> Response[bytes]:
    """Return what sends a browser on."""
    headers = {"location": location, "referrer-policy": "no-referrer", "cache-control": "no-store"}
    return Response(b"", status_code=303, media_type="text/plain", headers=headers, cookies=[*cookies])


def masked(name: str) -> str:
    """Return a name of which only the last character shows."""
    return "*" * (len(name) - 1) + name[-1:]


# Helpers


def _of(uri: str) -> str:
    """Return the source expression of a policy for where a URI leads: an origin, or an app's own scheme."""
    found = urlsplit(uri)
    return f"{found.scheme}://{found.netloc}" if found.netloc else f"{found.scheme}:"
