"""The registry in memory: the same promises as the database's, for tests, cases and throw-away runs."""

from datetime import date, datetime
from typing import Any

from gongji.domain.tables import Table
from gongji.registry.directory import Paper, is_open, only_spent, papers
from gongji.registry.records import Visit
from gongji.registry.window import RegistryWindow


class MemoryRegistry:
    """Keeps everything in one window and hands out what a batch names. Only the latest knowledge is kept."""

    def __init__(self) -> None:
        """Begin empty."""
        self.kept = RegistryWindow()

    def find(
        self,
        window: RegistryWindow,
        *,
        certificates: set[Paper],
        visits: set[str],
        signs: set[str],
        stays: set[str],
        codes: set[bytes],
    ) -> set[int]:
        """Load what the names stand for and return the people it concerns; see `Keeper.find`."""
        people: set[int] = set()
        for paper in certificates | {("psn_no", psn_no) for psn_no in stays}:
            if (person_id := self.kept.directory.get(paper)) is not None:
                window.directory[paper] = person_id
                people.add(person_id)
        for visit_id in visits | self._open_stays(window, stays):
            if (visit := self.kept.visits.get(visit_id)) is not None:
                window.visits.load(visit_id, visit)
                people.add(visit.book_id)
        for sign_no in signs:
            if (sign := self.kept.signs.get(sign_no)) is not None:
                window.signs.load(sign_no, sign)
        for digest in codes:
            if (code := self.kept.codes.get(digest)) is not None:
                window.codes.load(digest, code)
        return people

    def load(self, window: RegistryWindow, *, named: set[int]) -> set[int]:
        """Load the families of `named`, and return everyone loaded; see `Keeper.load`."""
        family = set(named)
        for person_id in named:
            for bond in (*self.kept.bonds_of_sharer(person_id), *self.kept.bonds_of_member(person_id)):
                window.load_bond(bond)
                family |= {bond.sharer_id, bond.member_id}
        for person_id in family:
            for bond in self.kept.bonds_of_sharer(person_id):
                window.load_bond(bond)
            if (person := self.kept.people.get(person_id)) is not None:
                window.people.load(person_id, person)
            if (identity := self.kept.identities.get(person_id)) is not None:
                window.identities.load(person_id, identity)
        window.institutions = dict(self.kept.institutions)
        return family

    def write(
        self,
        window: RegistryWindow,
        *,
        true_from: Table[int, date],  # noqa: ARG002  # kept by the database, where the past is asked for
        known_from: datetime | None,  # noqa: ARG002  # the same
    ) -> bool:
        """Take over what changed. False when something is no longer what was loaded; then nothing is taken over.

        A person has one open hospital stay, and a code is used once: what was entered meanwhile also makes it False.
        """
        pairs: list[tuple[Table[Any, Any], Table[Any, Any]]] = list(zip(window.tables, self.kept.tables, strict=True))
        for table, kept in pairs:
            if any(kept.get(key) is not before for key, before in table.was.items()):
                return False
        if not only_spent(window) or self._second_stay(window):
            return False
        entered = {
            paper: person_id for person_id in window.identities.dirty for paper in papers(window.identities[person_id])
        }
        if any(self._holder(paper, window) not in (None, person_id) for paper, person_id in entered.items()):
            return False
        gone = [paper for paper, person_id in self.kept.directory.items() if person_id in window.identities.dirty]
        for paper in gone:
            del self.kept.directory[paper]
        self.kept.directory.update(entered)
        self.kept.institutions.update(window.institutions)
        for bond_id in window.bonds.dirty:
            self.kept.load_bond(window.bonds[bond_id])
        for table, kept in pairs:
            for key in table.dirty:
                kept.load(key, table[key])
        return True

    def everyone(self) -> set[int]:
        """Return the ids of all people."""
        return set(self.kept.people.rows)

    def visits_of(self, book_id: int, *, since: datetime | None, until: datetime | None) -> list[Visit]:
        """Return a person's visits; see `Keeper.visits_of`."""
        found = [
            visit
            for visit in self.kept.visits
            if visit.book_id == book_id
            and not visit.cancelled
            and (since is None or since <= visit.begun_at)
            and (until is None or visit.begun_at < until)
        ]
        return sorted(found, key=lambda visit: (visit.begun_at, visit.visit_id))

    def forget_codes(self, before: datetime, most: int) -> int:
        """Delete uses of codes made before a moment; tell how many."""
        gone = [code.digest for code in self.kept.codes if code.used_at < before][:most]
        for digest in gone:
            del self.kept.codes.rows[digest]
        return len(gone)

    def _open_stays(self, window: RegistryWindow, stays: set[str]) -> set[str]:
        """Return the stays that go on of the people of those psn_no, who are in the window's directory."""
        guests = {window.directory.get(("psn_no", psn_no)) for psn_no in stays}
        return {visit.visit_id for visit in self.kept.visits if visit.book_id in guests and is_open(visit)}

    def _second_stay(self, window: RegistryWindow) -> bool:
        """Tell whether somebody would have two open hospital stays."""
        opened = [visit.book_id for visit in window.visits if visit.visit_id in window.visits.dirty and is_open(visit)]
        if not opened:
            return False
        kept = [
            visit.book_id
            for visit in self.kept.visits
            if visit.visit_id not in window.visits.dirty and is_open(visit) and visit.book_id in opened
        ]
        return bool(kept) or len(set(opened)) < len(opened)

    def _holder(self, paper: Paper, window: RegistryWindow) -> int | None:
        """Return who holds that paper and keeps it; someone whose papers this batch writes anew does not."""
        holder = self.kept.directory.get(paper)
        return None if holder in window.identities.dirty else holder
