"""How the columns of a file become interactions. No Django here.

mapping = Mapping.from_toml(text)       # or guess(columns, sample)
mapping.check(columns)                  # raises BadMapping, in both languages
mapper = Mapper(mapping, columns, …)    # apply.py: rows → interactions
"""

from vivencia.interactions.mapping.apply import Mapper
from vivencia.interactions.mapping.guess import Guess, guess, guess_columns
from vivencia.interactions.mapping.mapped import Mapped
from vivencia.interactions.mapping.terms import Fact, Mapping, ScoreBlock
from vivencia.interactions.mapping.values import Numbers

__all__ = [
    "Fact", "Guess", "Mapped", "Mapper", "Mapping", "Numbers", "ScoreBlock", "guess",
    "guess_columns",
]  # fmt: skip
