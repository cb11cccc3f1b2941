"""What is kept in memory from batch to batch: bounded, and what is used stays."""

from gongji.domain.generations import Generations


def test_at_most_twice_as_many_as_named_are_held():
    kept: Generations[int, str] = Generations(10)

    for number in range(1_000):
        kept.put(number, str(number))

    assert 10 <= len(kept) <= 20
    assert kept.get(999) == "999"
    assert kept.get(0) is None


def test_what_is_used_again_in_time_stays():
    kept: Generations[int, str] = Generations(10)
    kept.put(-1, "used")

    for number in range(1_000):
        kept.put(number, str(number))
        assert kept.get(-1) == "used"


def test_several_are_looked_for_at_once():
    kept: Generations[int, str] = Generations(3)
    for number in range(5):  # 0 to 2 are the old ones, 3 and 4 the young
        kept.put(number, str(number))

    assert kept.several({1, 4, 9}) == ({1: "1", 4: "4"}, {9})
    assert kept.several({1, 4}) == ({1: "1", 4: "4"}, set())


def test_looking_without_using_does_not_keep():
    kept: Generations[int, str] = Generations(10)
    kept.put(-1, "seen")

    for number in range(25):
        kept.put(number, str(number))
        kept.peek(-1)

    assert kept.peek(-1) is None


def test_a_value_is_replaced_dropped_and_all_are_forgotten():
    kept: Generations[int, str] = Generations(2)
    for number in (1, 2, 3, 1):
        kept.put(number, f"{number}!")
    kept.put(3, "other")

    kept.drop(1)

    assert (kept.get(1), kept.get(3)) == (None, "other")
    kept.clear()
    assert (len(kept), kept.get(3)) == (0, None)
