"""K10 审计: what the staff of an office did, in sentences, page by page; and as a file for spreadsheets."""

from typing import Final

from gongji.channels.api.audit import Acts
from gongji.channels.pages.asking import Download, View
from gongji.channels.screens.console.shell import ROOT
from gongji.channels.screens.visiting import Found, Page, Visit

LIMIT: Final = 50


async def audit(visit: Visit) -> Found:
    """Show acts, newest first."""
    found = await visit.api.get("audit", Acts, limit=LIMIT, cursor=visit.query.get("cursor") or None)
    told = {
        "acts": found.items,
        "after": visit.link(f"{ROOT}/audit", cursor=found.next) if found.next else "",
        "before": visit.link(f"{ROOT}/audit") if visit.query.get("cursor") else "",
        "file": visit.link(f"{ROOT}/audit/acts.csv"),
    }
    return View("console/audit.html", told)


async def export(visit: Visit) -> Found:
    """Return them as a file."""
    answer = await visit.api.answer("GET", "audit/acts.csv")
    return Download(answer.body, "text/csv; charset=utf-8", f"acts-{visit.now:%Y%m%d}.csv")


PAGES: Final[dict[str, Page]] = {"/audit": audit, "/audit/acts.csv": export}
