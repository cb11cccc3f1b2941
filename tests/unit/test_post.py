"""What other threads answer is brought to the loop: whole, once, and with few wake-ups."""

import asyncio
from concurrent.futures import Future

import pytest

from gongji.channels.post import brought, post_here


def test_many_answers_wake_the_loop_once(monkeypatch):
    async def ask():
        loop, woken = asyncio.get_running_loop(), []
        real = loop.call_soon_threadsafe

        def wake(*call):
            woken.append(call)
            return real(*call)

        monkeypatch.setattr(loop, "call_soon_threadsafe", wake)
        questions = [Future[int]() for _ in range(30)]
        answers = asyncio.gather(*map(brought, questions))
        await asyncio.sleep(0)
        for number, one in enumerate(questions):
            one.set_result(number)
        return await answers, len(woken)

    assert asyncio.run(ask()) == ([*range(30)], 1)


def test_what_went_wrong_is_raised():
    async def ask():
        question: Future[int] = Future()
        question.set_exception(LookupError("not there"))
        await brought(question)

    with pytest.raises(LookupError, match="not there"):
        asyncio.run(ask())


def test_who_is_gone_takes_his_question_along():
    async def ask():
        question: Future[int] = Future()
        asking = asyncio.create_task(brought(question))
        await asyncio.sleep(0)
        asking.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asking
        return question

    assert asyncio.run(ask()).cancelled()


def test_a_question_that_was_called_off_is_called_off_for_who_asked():
    async def ask():
        question: Future[int] = Future()
        question.cancel()
        await brought(question)

    with pytest.raises(asyncio.CancelledError):
        asyncio.run(ask())


def test_each_loop_has_a_post_of_its_own():
    async def here():
        assert post_here() is post_here()
        return post_here()

    assert asyncio.run(here()) is not asyncio.run(here())
