"""How large a file may be, and how its sender is told that it is not kept. Pure."""

from __future__ import annotations

from vivencia.surveys.definition.taking import Problem

LARGEST = 5 * 1024 * 1024
MOST_PIXELS, LONGEST_SIDE = 60_000_000, 20_000


class Refused(Exception):
    """A file that is not kept; `problem` is said at its question."""

    def __init__(self, es: str, en: str) -> None:
        super().__init__(en)
        self.problem: Problem = {"es": es, "en": en}


def too_large() -> Refused:
    return Refused(
        "El archivo pasa de 5 MB. Pruebe con uno más pequeño.",
        "The file is over 5 MB. Please try a smaller one.",
    )


def broken() -> Refused:
    return Refused(
        "El archivo está dañado o no es lo que parece. Pruebe con otro.",
        "The file is damaged, or not what it seems. Please try another.",
    )


def check_size(width: int, height: int) -> None:
    """Raises Refused for a picture that nobody could open in comfort, or that has no size."""
    if not width or not height:
        raise broken()
    if max(width, height) > LONGEST_SIDE or width * height > MOST_PIXELS:
        raise Refused(
            "La imagen es demasiado grande para abrirla. Redúzcala antes de enviarla.",
            "The picture is too large to be opened. Please make it smaller before sending it.",
        )
