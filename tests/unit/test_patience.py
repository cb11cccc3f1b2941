"""A bound on how long callers may take: it ends what takes longer, and nothing else."""

import asyncio

import pytest

from gongji.channels.patience import Patience

LONG, SHORT = 3600.0, 0.02


async def late():
    await asyncio.Event().wait()


async def soon():
    return "here"


def test_what_comes_in_time_is_returned_and_what_does_not_is_a_timeout():
    async def several():
        patience = Patience(SHORT)
        waited = await asyncio.gather(
            *(patience.with_(one()) for one in (soon, late, soon, late)), return_exceptions=True
        )
        return [one if isinstance(one, str) else type(one) for one in waited], await patience.with_(soon())

    assert asyncio.run(several()) == (["here", TimeoutError, "here", TimeoutError], "here")


def test_who_is_ended_by_somebody_else_has_not_run_out_of_time():
    async def ended():
        waiting = asyncio.create_task(Patience(LONG).with_(late()))
        await asyncio.sleep(0)
        waiting.cancel()
        await waiting

    with pytest.raises(asyncio.CancelledError):
        asyncio.run(ended())
