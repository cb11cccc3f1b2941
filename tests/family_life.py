"""A family for tests of bonds as people make them: regions with every rule they may meet, promises, and acts."""

import tomllib
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any

from gongji.domain.family import Mode, Relation
from gongji.domain.refusals import Refused
from gongji.domain.requests import Scope
from gongji.rules.bundle import compile_book
from gongji.rules.policybook import PolicyBook
from gongji.services.access.links import digest_of
from gongji.services.acts import Actor
from gongji.services.family import invitations
from gongji.services.family.consents import Agreed, Signature
from gongji.services.family.family_views import family_view
from gongji.services.family.invitations import Proposal, Reply, family_scope

POLICIES = Path(__file__).parents[1] / "policies"
STRICT = "329900"
"""A made-up city: seven days to answer, thirty before a bond may end, no pausing."""
NOW = datetime(2026, 3, 2, 10, 0)
HUSBAND, WIFE, FATHER, SON = 1, 2, 3, 4
_ROW: dict[str, Any] = {"start": date(2020, 1, 1), "source": "national-qa", "grade": "official", "quote": "…"}


@cache
def strict_book() -> PolicyBook:
    """Return the rules of the repository, with a city that sets every term."""
    files = {file.name: tomllib.loads(file.read_text(encoding="utf-8")) for file in POLICIES.glob("*.toml")}
    files["329900-made-up.toml"] = {
        "region": STRICT,
        "name": "示例市",
        "english": "Example",
        "invite_days": [_ROW | {"count": 7}],
        "unbind_after_days": [_ROW | {"count": 30}],
        "pause": [_ROW | {"state": "not_in_force"}],
    }
    return compile_book(files)[0]


def promise(person_id: int, **more: Any) -> Agreed:
    """Return what a person of the test's world signs with his name."""
    return Agreed(version=1, language="zh", signature=Signature(kind="typed_name", value=f"测{person_id}"), **more)


def citizen(person_id: int, **more: Any) -> Actor:
    """Return a person who acts by himself through a city's app."""
    return Actor(channel="city-app", person_id=person_id, **more)


def run(store, scope: Scope, work):
    """Carry out one act in a batch of its own; a refusal leaves nothing behind."""

    def fenced(books):
        mark = books.mark()
        outcome = work(books)
        if isinstance(outcome, Refused):
            books.rewind(mark)
        return outcome

    return store.run(scope, fenced)


def wish(sharer: int, member: int, relation: Relation = Relation.SPOUSE, **more: Any) -> Proposal:
    """Return a proposal in good order."""
    usual: dict[str, Any] = {
        "at": NOW,
        "sharer_id": sharer,
        "member_id": member,
        "relation": relation,
        "modes": (Mode.PAY, Mode.PREMIUM),
        "lasts": "cancelled",
        "agreed": promise(sharer),
        "link_digest": digest_of(f"{sharer} {member}"),
        "proof": frozenset({"pledge", "hukou", "marriage_certificate", "birth_certificate"}),
    }
    return Proposal(**(usual | more))


def propose(store, book: PolicyBook, wanted: Proposal):
    """Ask for a bond, as the sharer himself."""
    scope = family_scope(wanted.sharer_id, wanted.member_id)
    actor = citizen(wanted.sharer_id)
    return run(store, scope, lambda books: invitations.propose(books, book, actor, wanted))


def answer(store, book: PolicyBook, invitation_id: str, member: int, how: str = "accepted", at=NOW, **more: Any):
    """Answer an invitation, as the member himself."""
    scope = family_scope(member)
    scope.dossiers.add(invitation_id)
    agreed = promise(member) if how == "accepted" else None
    reply = Reply(**({"at": at, "invitation_id": invitation_id, "how": how, "agreed": agreed} | more))
    return run(store, scope, lambda books: invitations.answer(books, book, citizen(member), reply))


def seen(store, book: PolicyBook, person_id: int, at=NOW, **more: Any):
    """Return the family network as that person sees it."""
    return family_view(store, book, person_id, at, **more)
