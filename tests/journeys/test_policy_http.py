"""The rule book over HTTP, from a server in a process of its own: with workers and without."""

import httpx
import pytest

from tests.journeys.test_cli import Server


@pytest.mark.parametrize("workers", [0, 1])
def test_the_rules_are_read_over_http_and_kept_by_their_tag(tmp_path, workers):
    words = ("--sample", "--data", tmp_path / "books", "--now", "2025-06-01T10:00:00", "--workers", workers)
    with Server(*words) as server, httpx.Client(base_url=server.url, timeout=30) as client:
        first = client.get("/policy/show/310000/carry_over_only")
        again = client.get("/policy/show/310000/carry_over_only", headers={"if-none-match": first.headers["etag"]})
        two_days = client.get("/policy/diff/350000", params=[("on", "2024-12-05"), ("on", "2024-12-06")])
        found = client.get("/policy/find", params={"word": "历年结余"})
        page = client.get("/policy/print/310000", params={"form": "html", "lang": "en"})
        wrong = client.get("/policy/show/31")
        posted = client.post("/policy/regions")

    assert first.json()["rows"][0]["words"] == {"zh": "有此规定", "en": "in force"}
    assert (again.status_code, again.content) == (304, b"")
    assert "relatives" in {one["rule"] for one in two_days.json()["differences"]}
    assert found.json()["hits"]
    assert page.headers["content-type"].startswith("text/html")
    assert (wrong.status_code, "six digits" in wrong.json()["error"]) == (400, True)
    assert (posted.status_code, posted.headers["allow"]) == (405, "GET")
