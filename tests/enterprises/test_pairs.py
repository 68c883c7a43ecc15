"""The pairs by which the matcher of R6 is judged are what their recipe makes, and nothing was taken out of them."""

from collections import Counter

from tests.enterprises import pairs


def test_the_file_is_what_its_recipe_makes():
    assert pairs.FIXTURE.read_text(encoding="utf-8") == pairs.lines(pairs.pairs(pairs.SEED))


def test_there_are_two_hundred_twins_and_five_hundred_near_misses():
    found = pairs.read()

    assert Counter(pair.kind for pair in found if pair.is_twin) == pairs.TWINS
    assert Counter(pair.kind for pair in found if not pair.is_twin) == pairs.NEAR_MISSES
    assert (sum(pairs.TWINS.values()), sum(pairs.NEAR_MISSES.values())) == (200, 500)


def test_other_seeds_draw_others_and_the_third_draws_names_that_the_file_does_not_hold():
    first, second = set(pairs.read()), set(pairs.pairs(pairs.SECOND_SEED))
    kept_back = {word.urdu for word in pairs.words(only_kept_back=True)["woman"]}
    used = {word.urdu for word in pairs.words(only_kept_back=False)["woman"]}

    assert first & second == set()
    assert kept_back & used == set()
    assert len(kept_back) > 8
