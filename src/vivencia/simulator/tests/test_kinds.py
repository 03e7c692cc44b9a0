from vivencia.interactions.kinds import known
from vivencia.simulator import kinds, steps


def test_every_kind_of_the_story_has_its_sentence_in_both_languages():
    assert {step.kind for step in steps.STEPS} <= set(known())
    assert {step.kind for step in steps.STEPS} >= set(kinds.SENTENCES)
    assert all(known()[name].sentence["es"] != "" for name in kinds.SENTENCES)
