"""A page of each shell with every component on it, as the pages to come will use them."""

from datetime import date
from pathlib import Path
from typing import Any

from jinja2 import Environment
from litestar import Request, Response, get

from gongji.channels.pages import rendering
from gongji.channels.pages.assets import page_headers
from gongji.domain.texts import Language

COMPONENTS = Path(__file__).with_name("gallery.html").read_text(encoding="utf-8")


@get("/gallery/{shell:str}", sync_to_thread=False)
def gallery(request: Request[Any, Any, Any]) -> Response[str]:
    return Response(drawn(request.path_params["shell"], "zh"), media_type="text/html", headers=page_headers())


def drawn(shell: str, language: Language) -> str:
    mother = "妈妈" if language == "zh" else "mother"
    env: Environment = rendering._environment(language)
    return env.from_string(COMPONENTS).render(told(shell, mother))


def told(shell: str, mother: str) -> dict[str, Any]:
    pieces = [
        {"kind": kind, "title": mother, "amount_fen": fen, "shape": (kind, fen)}
        for kind, fen in (("fund", 61600), ("own", 5000), ("relative", 43400), ("cash", 10000))
    ]
    person = {"name": mother, "tone": "ok", "state": mother, "relation": mother, "words": mother, "path": "/rules"}
    return {
        "shell_file": f"{shell}.html",
        "mother": mother,
        "today": date(2026, 11, 23),
        "faults": {"amount": mother, "number": mother, "who": mother},
        "values": {"amount": "500"},
        "pieces": pieces,
        "person": person,
        "home": "/gallery/citizen",
        "help": "/rules/help",
        "entries": [],
        "here": "",
        "acting_for": mother,
        "stop_acting": "/gallery/citizen",
        "twin": "/gallery/citizen",
        "bundle": "0" * 64,
    }
