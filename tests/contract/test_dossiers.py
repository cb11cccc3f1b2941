"""Dossiers keep the same promises in memory and in PostgreSQL: found by name, person and office; sealed; versioned."""

from datetime import datetime, timedelta

import psycopg
import pytest
from msgspec import Struct
from msgspec.structs import replace

from gongji.domain.dossiers import Dossier, filed, opened
from gongji.domain.refusals import Refusal, Refused
from gongji.domain.requests import Scope
from gongji.dossiers.cabinet import Asked
from gongji.services.acts import Act, Actor, Answer, act_id, act_scope, once_as
from gongji.services.batching import Batcher, Job

NOON = datetime(2026, 3, 2, 12)
FATHER, DAUGHTER, STRANGER = 1, 2, 3


class Wish(Struct, frozen=True):
    text: str


def wish(number: int, *, parties=(FATHER,), state="open", office="", due_at=None, kind="wish") -> Dossier:
    return Dossier(
        dossier_id=f"{kind}-{number}",
        kind=kind,
        made_at=NOON + timedelta(minutes=number),
        parties=parties,
        state=state,
        office=office,
        due_at=due_at,
        content=filed(Wish(f"愿望 {number}")),
    )


def put(store, *dossiers: Dossier) -> None:
    scope = Scope(dossiers={dossier.dossier_id for dossier in dossiers})
    store.run(scope, lambda books: [books.dossiers.put(dossier) for dossier in dossiers])


def ids(dossiers) -> list[str]:
    return [dossier.dossier_id for dossier in dossiers]


def test_what_was_filed_is_found_again_by_name_and_by_each_person_it_concerns(store):
    put(store, wish(1, parties=(FATHER, DAUGHTER)), wish(2), wish(3, kind="notice"))

    one = store.read(Scope(dossiers={"wish-1"}), lambda books: books.dossiers.get("wish-1"))
    of_daughter = store.read(
        Scope(dossiers_of={("wish", DAUGHTER), ("notice", FATHER)}),
        lambda books: (books.dossiers.of("wish", DAUGHTER), books.dossiers.of("wish", FATHER)),
    )

    assert one == replace(wish(1, parties=(FATHER, DAUGHTER)), version=1)
    assert opened(one, Wish) == Wish("愿望 1")
    assert [ids(found) for found in of_daughter] == [["wish-1"], ["wish-1"]]  # wish-2 was not asked for


def test_a_batch_sees_only_what_it_names(store):
    put(store, wish(1))

    assert store.read(Scope(people={FATHER}), lambda books: books.dossiers.get("wish-1")) is None


def test_dossiers_are_asked_for_newest_first_and_page_by_page(store):
    put(store, *(wish(number, parties=(FATHER, DAUGHTER) if number % 2 else (DAUGHTER,)) for number in range(1, 8)))

    first = store.dossiers(Asked(kind="wish", party=FATHER, most=3))
    last = first[-1]
    rest = store.dossiers(Asked(kind="wish", party=FATHER, before=(last.made_at, last.dossier_id), most=3))

    assert ids(first) == ["wish-7", "wish-5", "wish-3"]
    assert ids(rest) == ["wish-1"]
    assert ids(store.dossiers(Asked(kind="wish"))) == [f"wish-{number}" for number in range(7, 0, -1)]
    assert store.dossiers(Asked(kind="wish", party=STRANGER)) == []


def test_an_office_asks_by_state(store):
    put(store, wish(1, office="320200"), wish(2, office="320200", state="done"), wish(3, office="310000"))

    asked = Asked(kind="wish", office="320200", states=["open", "parked"])

    assert ids(store.dossiers(asked)) == ["wish-1"]
    assert ids(store.dossiers(Asked(kind="wish", party=FATHER, states=["done"]))) == ["wish-2"]


def test_what_is_due_comes_the_longest_due_first_and_leaves_when_it_is_done(store):
    hour = timedelta(hours=1)
    put(store, wish(1, due_at=NOON + 2 * hour), wish(2, due_at=NOON + hour), wish(3), wish(4, due_at=NOON + 9 * hour))
    due = store.due_dossiers("wish", NOON + 2 * hour, 10)

    store.run(
        Scope(dossiers={"wish-2"}),
        lambda books: books.dossiers.put(replace(books.dossiers.get("wish-2"), due_at=None, state="done")),
    )

    assert ids(due) == ["wish-2", "wish-1"]
    assert ids(store.due_dossiers("wish", NOON + 2 * hour, 10)) == ["wish-1"]
    assert ids(store.due_dossiers("wish", NOON + 99 * hour, 1)) == ["wish-1"]


def test_versions_count_the_changes(store):
    put(store, wish(1))
    for state in ("asked", "answered"):
        scope = Scope(dossiers={"wish-1"})
        store.run(scope, lambda books, s=state: books.dossiers.put(replace(books.dossiers.get("wish-1"), state=s)))

    (found,) = store.dossiers(Asked(kind="wish"))

    assert (found.version, found.state) == (3, "answered")


@pytest.mark.parametrize("changed", [{"parties": (STRANGER,)}, {"made_at": NOON}, {"kind": "notice"}])
def test_whom_a_dossier_concerns_and_when_it_was_made_never_changes(store, changed):
    put(store, wish(1))

    with pytest.raises(ValueError, match="never change"):
        store.run(
            Scope(dossiers={"wish-1"}),
            lambda books: books.dossiers.put(replace(books.dossiers.get("wish-1"), **changed)),
        )


def test_an_id_begins_with_the_kind(store):
    with pytest.raises(ValueError, match="begins with its kind"):
        put(store, replace(wish(1), dossier_id="other-1"))


def test_the_content_is_sealed_at_rest(postgres_store, clean_database):
    put(postgres_store, wish(1))

    with psycopg.connect(clean_database) as connection:
        (text,) = connection.execute("SELECT d::text || sealed::text FROM gongji.dossier AS d").fetchone() or ("",)

    assert "wish-1" in text
    assert "愿望" not in text
    assert "愿望".encode().hex() not in text


# Acts.

APP = Actor(channel="city-app", person_id=FATHER)


def ask(batcher, key: str, text: str, *, actor=APP, refuse=False):
    seen = []

    def work(books) -> bytes:
        def act() -> bytes | Refused:
            books.dossiers.put(wish(len(text), parties=(DAUGHTER,)))
            return Refused(Refusal.BUSY) if refuse else text.encode()

        answer = once_as(
            books, actor, operation="wish", key=key, digest=text.encode(), at=NOON, act=act, parties=(DAUGHTER,)
        )
        seen.append(answer)
        return b""

    scope = act_scope(actor, key)
    scope.dossiers.add(f"wish-{len(text)}")
    batcher.submit(Job(scope, work)).result(timeout=30)
    return seen[-1]


def test_an_act_is_done_once_and_its_first_answer_kept(store):
    with Batcher(store) as batcher:
        first, again = ask(batcher, "k1", "one"), ask(batcher, "k1", "one")
        other = ask(batcher, "k1", "another")
        elsewhere = ask(batcher, "k1", "through another app", actor=replace(APP, channel="other-app"))

    (recorded,) = [one for one in store.dossiers(Asked(kind="act")) if one.dossier_id == act_id(APP, "k1")]

    assert (first, again) == (Answer(b"one"), Answer(b"one", repeated=True))
    assert other == Refused(Refusal.SAME_REQUEST_DIFFERENT_CONTENT, subject="k1")
    assert elsewhere == Answer(b"through another app")
    assert recorded.parties == (FATHER, DAUGHTER)
    assert opened(recorded, Act).actor == APP
    assert ids(store.dossiers(Asked(kind="wish"))) == ["wish-19", "wish-3"]


def test_a_refused_act_leaves_no_trace_and_its_key_may_be_used_again(store):
    with Batcher(store) as batcher:
        refused = ask(batcher, "k1", "no", refuse=True)
        traces = store.dossiers(Asked(kind="act")) + store.dossiers(Asked(kind="wish"))
        done = ask(batcher, "k1", "yes")

    assert refused == Refused(Refusal.BUSY)
    assert traces == []
    assert done == Answer(b"yes")
