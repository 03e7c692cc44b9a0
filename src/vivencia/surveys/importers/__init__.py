"""Surveys made elsewhere, brought in: their definition as ours, and what could not be carried over.

carrying     what every reader shares: ids, texts, the list of what was left behind
conditions   when a question is shown, from their grammar to ours
typeform, surveyjs, formbricks, limesurvey      one reader each
"""

from __future__ import annotations

from collections.abc import Callable

from vivencia.lib.errors import BadInput
from vivencia.surveys.importers import formbricks, limesurvey, surveyjs, typeform
from vivencia.surveys.importers.carrying import Carried, Source, decoded

__all__ = ["FORMATS", "Carried", "bring", "format_of"]

# name -> (as people call it, whether a file is one, how it is read)
FORMATS: dict[str, tuple[str, Callable[[Source], bool], Callable[[Source], Carried]]] = {
    "limesurvey": ("LimeSurvey", limesurvey.is_one, limesurvey.carry),
    "typeform": ("Typeform", typeform.is_one, typeform.carry),
    "formbricks": ("Formbricks", formbricks.is_one, formbricks.carry),
    "surveyjs": ("SurveyJS", surveyjs.is_one, surveyjs.carry),
}


def bring(raw: bytes, name: str | None = None) -> Carried:
    """The survey in `raw` as a definition of ours, with what was left behind.

    The format is told from the file unless `name` says it. Raises BadInput for a file that is
    none of them, or whose survey asks nothing we can ask.
    """
    if name is not None and name not in FORMATS:
        raise _none_of_them()
    return FORMATS[name or format_of(raw)][2](decoded(raw))


def format_of(raw: bytes) -> str:
    """Which of FORMATS the file is. Raises BadInput for none of them."""
    source = decoded(raw)
    for name, (_, is_one, _carry) in FORMATS.items():
        if is_one(source):
            return name
    raise _none_of_them()


def _none_of_them() -> BadInput:
    told = ", ".join(title for title, _, _ in FORMATS.values())
    return BadInput(
        es=f"El archivo no es una encuesta de {told}. No se ha guardado nada.",
        en=f"The file is no survey of {told}. Nothing was kept.",
        reason="unknown_survey_format",
    )
