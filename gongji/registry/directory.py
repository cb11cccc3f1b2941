"""The directory: by which papers a person is found, and what every keeper of the registry promises."""

from datetime import datetime
from typing import Protocol

import msgspec

from gongji.registry.records import Identity, Visit
from gongji.registry.window import RegistryWindow

Paper = tuple[str, str]
"""Kind and number: psn_no, certno, card_no."""


def papers(identity: Identity) -> set[Paper]:
    """Return the papers under which that person is entered; those he does not have are left out."""
    numbers = {"psn_no": identity.psn_no, "certno": identity.certno, "card_no": identity.card_no}
    return {(kind, number) for kind, number in numbers.items() if number}


def is_open(visit: Visit) -> bool:
    """Tell whether it is a hospital stay that goes on."""
    return visit.in_hospital and not visit.cancelled


def only_spent(window: RegistryWindow) -> bool:
    """Tell whether codes used before changed by nothing but the request they paid, once."""
    pairs = [(was, window.codes[digest]) for digest, was in window.codes.was.items() if was is not None]
    return all(not was.spent_by and msgspec.structs.replace(now, spent_by="") == was for was, now in pairs)


class Keeper(Protocol):
    """The registry's side of a store. All calls of one batch happen inside one transaction."""

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
        """Load directory rows, visits, sign-ins and used codes by their names; return the people they concern.

        Of those whose psn_no stands in `stays`, load also the hospital stay that goes on. Codes concern nobody: a
        code that another person has used is no business of his.
        """
        ...

    def load(self, window: RegistryWindow, *, named: set[int]) -> set[int]:
        """Load the families of `named`, and return everyone loaded.

        That is: every bond in which one of them shares or is member, the people at the other ends, and the
        bonds over which those share; of all these people the insurance and the papers; and all institutions.
        """
        ...

    def visits_of(self, book_id: int, *, since: datetime | None, until: datetime | None) -> list[Visit]:
        """Return that person's visits begun in [since, until), in order of time; cancelled ones are left out."""
        ...

    def everyone(self) -> set[int]:
        """Return the ids of all people."""
        ...
