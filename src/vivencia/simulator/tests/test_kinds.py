from vivencia.interactions.kinds import known
from vivencia.simulator import steps


def test_every_kind_of_the_story_is_declared_as_lived():
    for kind in {step.kind for step in steps.STEPS}:
        assert known()[kind].lived, kind
