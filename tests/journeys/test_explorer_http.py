"""The rule explorer as `gongji serve` has it, alone and with a worker: public, kept by caches, whole by HEAD too."""

import httpx
import pytest

from tests.journeys.test_cli import Server


@pytest.mark.parametrize(
    "more", [pytest.param((), id="alone"), pytest.param(("--workers", "1"), id="worker", marks=pytest.mark.soak)]
)
def test_the_explorer_is_served_beside_the_door(tmp_path, more):
    with Server("--data", tmp_path, *more) as server, httpx.Client(base_url=server.url, timeout=30) as http:
        page = http.get("/rules/310000/relatives", headers={"accept-encoding": "gzip"})
        head = http.head("/rules/310000/relatives")
        kept = http.get("/rules/310000/relatives", headers={"if-none-match": page.headers["etag"]})
        style = http.get(page.text.partition('rel="stylesheet" href="')[2].partition('"')[0])

        assert (page.status_code, head.status_code, kept.status_code, style.status_code) == (200, 200, 304, 200)
        assert page.headers["cache-control"] == "public, max-age=300"
        assert page.headers["content-encoding"] == "gzip"
        assert "script-src 'self' 'sha256-" in page.headers["content-security-policy"]
        assert "可共济的亲属" in page.text
        assert (head.content, kept.content) == (b"", b"")
        assert "immutable" in style.headers["cache-control"]
        assert http.get("/en/rules/help/").status_code == 200
        assert http.get("/rules/999999").status_code == 404
        assert http.post("/rules").status_code == 405
