"""Folders: what the registry holds of one person, kept in memory from batch to batch by the one who writes."""

from collections.abc import Callable, Hashable, Iterator, ValuesView
from typing import Any

from gongji.domain.ahead import CODES, PAPERS, SIGNS, VISITS, Ahead
from gongji.domain.family import Bond
from gongji.domain.generations import Generations
from gongji.domain.insured import Insured
from gongji.registry.directory import Paper
from gongji.registry.records import Identity, Visit
from gongji.registry.window import RegistryWindow


class Folder:
    """A person, his papers, the bonds over which he shares by number, and the ids of those who share with him.

    `closed` are his papers as they are stored; they are opened when somebody reads them.
    """

    __slots__ = ("bonds", "closed", "identity", "person", "sharers")

    def __init__(self) -> None:
        """Begin with nothing known."""
        self.person: Insured | None = None
        self.identity: Identity | None = None
        self.closed: dict[str, Any] | None = None
        self.bonds: dict[int, Bond] = {}
        self.sharers: tuple[int, ...] = ()


class Folders:
    """The folders in use, with the ways to find them, and a visit for each.

    What is written is noted here before it is committed: after anything but a commit, all of it has to be forgotten.
    """

    def __init__(self, people: int, ahead: Ahead) -> None:
        """Keep the folders of `people` to twice as many people; `ahead` knows what is not committed yet."""
        self.ahead = ahead
        self.folders: Generations[int, Folder] = Generations(people)
        self.papers: Generations[Paper, int] = Generations(people)
        self.visits: Generations[str, Visit] = Generations(people)

    def clear(self) -> None:
        """Forget everything."""
        self.folders.clear()
        self.papers.clear()
        self.visits.clear()

    def note(self, window: RegistryWindow) -> Iterator[Hashable]:
        """Take over what a batch wrote, and yield what it touched.

        Folders that got another bond or other papers are loaded anew.
        """
        anew = {*window.identities.was, *window.people.was}
        for bond_id, was in window.bonds.was.items():
            bond = window.bonds.rows[bond_id]
            yield from (bond.sharer_id, bond.member_id)
            if was is None:
                anew |= {bond.sharer_id, bond.member_id}
            elif (folder := self.folders.peek(bond.sharer_id)) is not None:
                folder.bonds[bond_id] = bond
        for person_id in anew:
            self.folders.drop(person_id)
        yield from anew
        if window.identities.was:
            self.papers.clear()
            yield PAPERS
        for visit_id in window.visits.was:
            self.visits.put(visit_id, window.visits.rows[visit_id])
            yield visit_id
        if window.visits.was:
            yield VISITS
        if window.signs.was:
            yield SIGNS
        if window.codes.was:
            yield CODES


class OpenedWhenRead(dict[int, Identity]):
    """Identities by person id, some of them still closed: whoever asks for one opens it."""

    def __init__(self, open_folder: Callable[[Folder], Identity]) -> None:
        """Open by `open_folder`."""
        super().__init__()
        self._open = open_folder
        self.closed: dict[int, Folder] = {}

    def get(self, person_id: int, default: Any = None) -> Any:
        """Return the identity, or `default`."""
        if person_id not in self:
            return default
        return self[person_id]

    def __missing__(self, person_id: int) -> Identity:
        """Open the papers; raise KeyError where there are none."""
        identity = self[person_id] = self._open(self.closed.pop(person_id))
        return identity

    def __contains__(self, person_id: object) -> bool:
        """Tell whether the person has papers."""
        return super().__contains__(person_id) or person_id in self.closed

    def __iter__(self) -> Iterator[int]:
        """Walk over the ids, with all papers open."""
        self._open_all()
        return super().__iter__()

    def __len__(self) -> int:
        """Count the people with papers."""
        return super().__len__() + len(self.closed)

    def values(self) -> ValuesView[Identity]:  # type: ignore[override]  # the same view, of all
        """Return all identities, open."""
        self._open_all()
        return super().values()

    def _open_all(self) -> None:
        for person_id in list(self.closed):
            self.get(person_id)
