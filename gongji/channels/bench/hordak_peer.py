"""One transfer after another with django-hordak, for comparison. Run by the interpreter it is installed for.

Called with the database's libpq URL, the number of accounts, the number of threads and the seconds; prints the rate.
"""

import random
import sys
import threading
import time
from typing import Any

from psycopg.conninfo import conninfo_to_dict


def main() -> None:
    """Make accounts, move money between them by `Account.transfer_to`, and print transfers a second."""
    url, accounts, threads, seconds = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), float(sys.argv[4])
    start_django(url)
    from django.core.management import call_command  # type: ignore[import-not-found]  # noqa: PLC0415  # after setup
    from hordak.models import Account  # type: ignore[import-not-found]  # noqa: PLC0415  # the same

    call_command("migrate", verbosity=0)
    made = [Account.objects.create(name=str(n), type="AS", currencies=["CNY"], code=str(n)) for n in range(accounts)]
    counts = [0] * threads
    deadline = time.perf_counter() + seconds
    started = time.perf_counter()
    workers = [threading.Thread(target=_move, args=(made, number, counts, deadline)) for number in range(threads)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    sys.stdout.write(f"{sum(counts) / (time.perf_counter() - started):.1f}\n")


def start_django(url: str) -> None:
    """Set Django up over that database."""
    import django  # type: ignore[import-not-found]  # noqa: PLC0415  # only where it is installed
    from django.conf import settings  # type: ignore[import-not-found]  # noqa: PLC0415  # the same

    names = conninfo_to_dict(url)
    settings.configure(
        INSTALLED_APPS=["django.contrib.auth", "django.contrib.contenttypes", "mptt", "hordak"],
        DATABASES={
            "default": {
                "ENGINE": "django.db.backends.postgresql",
                "NAME": names["dbname"],
                "USER": names.get("user"),
                "PASSWORD": names.get("password"),
                "HOST": names.get("host"),
                "PORT": names.get("port"),
            }
        },
        DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
        DEFAULT_CURRENCY="CNY",
        CURRENCIES=("CNY",),
        USE_TZ=True,
    )
    django.setup()


# Helpers


def _move(accounts: list[Any], number: int, counts: list[int], deadline: float) -> None:
    from moneyed import Money  # type: ignore[import-not-found]  # noqa: PLC0415  # comes with hordak

    drawn = random.Random(number)  # noqa: S311  # no secret
    while time.perf_counter() < deadline:
        payer, payee = drawn.sample(accounts, 2)
        payer.transfer_to(payee, Money(10, "CNY"))
        counts[number] += 1


if __name__ == "__main__":
    main()
