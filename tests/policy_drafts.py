"""A change of rule for tests: people in Wuxi keep back 1700 yuan, or another sum, of what they share."""

from collections.abc import Mapping
from functools import cache

from gongji.channels.cases.drafted import cases_of
from gongji.gateways.policy_files import policy_files
from gongji.rules.bundle import compile_book
from gongji.services.policies.archives import Archive
from gongji.services.policies.drafts import CaseRun, Rulebook, parsed
from gongji.services.policies.publications import PolicyDesk
from tests.national_world import NOW, POLICIES

WUXI = "320200-wuxi.toml"
NOTICE = ("notice.txt", "为保障本人就医，账户内应当留存一千七百元。".encode())
DRAFTER, SECOND = "王芳", "李强"

RESERVE = """
[sources.wuxi-reserve]
title     = "无锡 留存额的通知"
publisher = "样例"
kind      = "official"
checked   = 2025-05-01

[[retained_minimum]]
start  = {start}
fen    = {fen}
source = "wuxi-reserve"
grade  = "official"
quote  = "账户内应当留存"
"""


@cache
def seed() -> Rulebook:
    """Return the policy files of the repository with what they make."""
    files = policy_files(POLICIES)
    book, bundle = compile_book(parsed(files))
    return Rulebook(files=files, book=book, bundle=bundle)


def reserve(fen: int = 1700_00, start: str = "2025-01-01") -> bytes:
    """Return the file of Wuxi with the change."""
    return seed().files[WUXI] + RESERVE.format(fen=fen, start=start).encode()


def passing(_book: object, _cases: Mapping[str, bytes]) -> CaseRun:
    """Run no case."""
    return CaseRun(1)


def all_cases():
    """Return what runs the repository's cases."""
    return cases_of(POLICIES.parent / "cases")


class Office:
    """A policy desk with two people at it, at a clock that the test sets."""

    def __init__(self, archive: Archive) -> None:
        self.archive = archive
        self.desk = PolicyDesk(archive, seed)
        self.now = NOW

    def draft(self, content: bytes | None = None, file: str = WUXI, who: str = DRAFTER, notice=NOTICE) -> int:
        content = reserve() if content is None else content
        return self.desk.draft(file, content, notice, who=who, why="通知", now=self.now).draft_id

    def check(self, draft_id: int, run=passing, cases=None):
        return self.desk.check(draft_id, run, cases=cases or {}, whatif={}, who=DRAFTER, why="", now=self.now)

    def approve(self, draft_id: int, who: str = SECOND):
        return self.desk.approve(draft_id, who=who, why="", now=self.now)

    def publish(self, draft_id: int, since=None):
        return self.desk.publish(draft_id, since=since, who=DRAFTER, why="", now=self.now)

    def approved(self, content: bytes | None = None) -> int:
        """Bring a draft, check it and approve it."""
        draft_id = self.draft(content)
        assert self.check(draft_id).sound
        self.approve(draft_id)
        return draft_id

    def published(self, content: bytes | None = None, since=None):
        """Do all of it, and return what was published."""
        return self.publish(self.approved(content), since).told

    def roll_back(self, to=None, since=None, why="有误"):
        return self.desk.publish_again(to, since=since, who=SECOND, why=why, now=self.now)
