"""Static files under names that carry their digest, packed ahead; and the headers under which pages are sent."""

import base64
import gzip
import hashlib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final

import brotli
from litestar import Request, Response, get
from litestar.handlers import HTTPRouteHandler
from msgspec import Struct

ROOT: Final = "/static"
_FOLDER: Final = Path(__file__).parent / "static"
_KINDS: Final = {".css": "text/css", ".js": "text/javascript"}

LOADER: Final = 'd=document;d.documentElement.dataset.size=(/size=([a-z-]+)/.exec(d.cookie)||"ss")[1]'
"""The one inline script: type size and contrast from the cookie, before anything is painted; "s" without one."""


class Asset(Struct, frozen=True):
    """A static file, as it is and packed; `path` changes with its content, so that a copy may be kept for ever."""

    path: str
    kind: str
    packed: Mapping[str, bytes]


@cache
def assets() -> dict[str, Asset]:
    """Return the static files by their plain names."""
    return {file.name: _asset(file) for file in sorted(_FOLDER.iterdir()) if file.suffix in _KINDS}


def loader_hash() -> str:
    """Return the source expression by which the policy allows the inline script."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(LOADER.encode()).digest()).decode()}'"


def page_headers() -> dict[str, str]:
    """Return the headers of every page: nothing foreign is loaded, nobody frames it, and no address leaks."""
    policy = (
        "default-src 'none'",
        f"script-src 'self' {loader_hash()}",
        "style-src 'self'",
        "img-src 'self' data:",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
    return {
        "content-security-policy": "; ".join(policy),
        "x-content-type-options": "nosniff",
        "referrer-policy": "same-origin",
    }


def encoding_for(accepted: str, offered: Mapping[str, bytes]) -> str:
    """Return the first encoding offered that the client takes, "" for none; `accepted` is its header."""
    taken = {}
    for part in accepted.lower().split(","):
        name, _, weight = part.partition(";")
        taken[name.strip()] = weight.replace(" ", "").rstrip("0.") != "q="
    return next((name for name in offered if name and taken.get(name, False)), "")


def routes() -> list[HTTPRouteHandler]:
    """Return the handler of all static files; mount it once, beside the pages."""
    return [_static]


# Helpers


# Not counted: a whole hospital may come from one address, and a page without its style cannot be read.
@get(f"{ROOT}/{{name:str}}", sync_to_thread=False, include_in_schema=False, opt={"public": True, "own way": True})
def _static(request: Request[Any, Any, Any]) -> Response[bytes]:
    found = next((asset for asset in assets().values() if asset.path == request.url.path), None)
    if found is None:
        return Response(b"", status_code=404, media_type="text/plain")
    encoding = encoding_for(request.headers.get("accept-encoding", ""), found.packed)
    more = {
        "cache-control": "public, max-age=31536000, immutable",
        "vary": "accept-encoding",
        "x-content-type-options": "nosniff",
    }
    if encoding:
        more["content-encoding"] = encoding
    return Response(found.packed[encoding], media_type=found.kind, headers=more)


def _asset(file: Path) -> Asset:
    body = file.read_bytes()
    name = f"{file.stem}-{hashlib.sha256(body).hexdigest()[:12]}{file.suffix}"
    packed = {"br": brotli.compress(body), "gzip": gzip.compress(body, mtime=0), "": body}
    return Asset(f"{ROOT}/{name}", _KINDS[file.suffix], packed)
