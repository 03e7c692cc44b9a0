"""What the server does by itself, in words of both languages, for the page of its health. Pure."""

from __future__ import annotations

JOBS: dict[str, tuple[str, str]] = {  # by the name watchers read: Spanish, English
    "shell.reactions.react": ("Responder a lo que pasa", "Follow up what happens"),
    "surveys.asking.due.prepare_due": ("Preparar las invitaciones", "Prepare invitations"),
    "surveys.answering.actions.close_due": (
        "Dar por terminadas las respuestas a medias", "Close answers left half way",
    ),
    "surveys.asking.due.remind": ("Enviar recordatorios", "Send reminders"),
    "outbox.returning.collect": ("Recoger el correo devuelto", "Collect mail that came back"),
    "shell.erasure.finish_due": ("Terminar los borrados", "Finish erasures"),
    "surveys.answering.sweep.enter_anonymous": (
        "Registrar las respuestas anónimas", "Enter anonymous answers",
    ),
    "surveys.asking.merging.stop_surplus": (
        "Parar los contactos de más tras una unión", "Stop contacts a merge made too many",
    ),
    "surveys.asking.turns.reserve": ("Reservar turnos de encuesta", "Keep seats in surveys"),
    "surveys.asking.heeding.note_answers": (
        "Aprender por qué canal contestan", "Learn by which channel people answer",
    ),
    "connectors.delighted.autopilot.ask_due": (
        "Preguntar con el piloto automático", "Ask by autopilot",
    ),
    "people.audit.checking.check_daily": (
        "Comprobar el historial de cambios", "Check the audit trail",
    ),
    "scores.watches.jobs.look_at_all": ("Vigilar los indicadores", "Look at watched scores"),
    "shell.rights.retention.apply": (
        "Borrar lo que cumple su plazo", "Let go of what is past its term",
    ),
}  # fmt: skip


def said(name: str, language: str) -> str:
    """A job in words; its name where it has none."""
    words = JOBS.get(name)
    return words[0 if language.startswith("es") else 1] if words else name
