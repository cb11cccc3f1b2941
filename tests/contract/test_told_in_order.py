"""What was recorded last is found again in order, over all books, by whoever tells people: in memory and PostgreSQL."""

from msgspec.structs import replace

from gongji.domain.account import Account, Pocket
from gongji.domain.requests import Scope
from gongji.dossiers.cabinet import Asked
from gongji.ledger.records import EntryKind
from gongji.ledger.stretches import Looked
from tests.contract.test_dossiers import NOON, put, wish


def pay_in(store, *people):
    """One entry for each of these people, in one batch; returned by number."""

    def work(books):
        return [
            books.ledger.append(
                EntryKind.CREDIT,
                {Account(person, Pocket.CURRENT_YEAR): 100, Account(person, Pocket.CREDITS): -100},
                book_id=person,
                event_at=NOON,
                recorded_at=NOON,
            ).entry_id
            for person in people
        ]

    return store.run(Scope(people=set(people)), work)


def numbers(entries):
    return [entry.entry_id for entry in entries]


def test_entries_of_all_books_come_in_order_and_page_by_page(store):
    first, second = pay_in(store, 3, 1, 2), pay_in(store, 1)

    assert numbers(store.entries_after(0, 10)) == [*first, *second]
    assert numbers(store.entries_after(first[0], 2)) == first[1:]
    assert store.entries_after(second[0], 10) == []
    assert [leg.account.book_id for leg in store.entries_after(first[2], 10)[0].legs] == [1, 1]


def test_numbers_that_were_handed_out_and_never_used_keep_nobody_from_what_came_after(store):
    (first,) = pay_in(store, 1)
    store.run(Scope(), lambda books: [books.ledger.take_id("entry") for _ in range(500)])
    (later,) = pay_in(store, 1)

    assert later > first + 500
    assert numbers(store.entries_after(first, 10)) == [later]


def test_entries_of_some_kinds_are_found_among_all_and_how_far_one_has_looked_is_told(store):
    first, second = pay_in(store, 3, 1, 2), pay_in(store, 1)
    none = store.entries_of_kinds([EntryKind.RETURN], 0, 3)
    some = store.entries_of_kinds([EntryKind.CREDIT], first[0], 9)

    assert (numbers(none.entries), none.last, none.more) == ([], first[2], True)
    assert (numbers(some.entries), some.last, some.more) == ([*first[1:], *second], second[0], False)
    assert store.entries_of_kinds([EntryKind.CREDIT], second[0], 9) == Looked([], second[0], more=False)


def changed(store, kinds, after=0, most=10):
    found = store.changed_dossiers(kinds, after, most)
    return [number for number, _ in found], [(one.dossier_id, one.state) for _, one in found]


def test_a_dossier_is_told_once_more_each_time_it_changes(store):
    put(store, wish(2), wish(1), wish(1, kind="other"))
    seen, found = changed(store, ["wish"])

    store.run(
        Scope(dossiers={"wish-1"}),
        lambda books: books.dossiers.put(replace(books.dossiers.get("wish-1"), state="done")),
    )

    assert sorted(found) == [("wish-1", "open"), ("wish-2", "open")]
    assert changed(store, ["wish"], seen[-1])[1] == [("wish-1", "done")]
    assert changed(store, ["wish", "other"])[1][-1] == ("wish-1", "done")
    assert [len(changed(store, ["wish", "other"], most=most)[1]) for most in (1, 2, 9)] == [1, 2, 3]
    assert len(store.dossiers(Asked(kind="wish"))) == 2
