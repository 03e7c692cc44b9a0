"""What the file about a person calls its sections and fields, in both languages. Pure."""

from __future__ import annotations

Said = tuple[str, str]  # Spanish, English

SECTIONS: dict[str, Said] = {
    "identities": ("Cómo te conocemos", "How we know you"),
    "interactions": ("Lo que has vivido con nosotros", "What you lived through with us"),
    "quarantine": ("Lo que llegó y no se pudo guardar", "What came in and could not be stored"),
    "files": ("Archivos a medio importar que te nombran", "Files on their way in that name you"),
    "imports": ("Archivos importados que te nombran", "Imported files that name you"),
    "audited": ("Anotaciones que te nombran", "Notes that name you"),
    "traits": ("Lo que sabemos de ti", "What we know of you"),
    "decisions": (
        "Lo que alguien decidió sobre quién eres",
        "What somebody decided on who you are",
    ),
    "consents": ("Lo que has consentido o rechazado", "What you consented to or refused"),
    "preferred_channels": (
        "Por dónde prefieres que te escribamos",
        "How you would rather be reached",
    ),
    "contacts": ("Las veces que te hemos escrito, o no", "When we wrote to you, or did not"),
    "messages": ("Los mensajes que te hemos enviado", "The messages we sent you"),
    "survey_drafts": ("Respuestas a medias", "Answers half done"),
    "survey_files": ("Los archivos que nos enviaste", "The files you sent us"),
    "survey_care": ("Qué hicimos con lo que respondiste", "What we did about your answers"),
    "survey_conversations": ("Conversaciones por mensaje", "Conversations by message"),
    "survey_left": ("Lo que una tableta no pudo entregar", "What a tablet could not hand over"),
    "invitations": ("Encuestas a las que te invitamos", "Surveys you were invited to"),
    "autopilot": ("Encuestas periódicas en las que estás", "Regular surveys you are in"),
    "accesses": ("Cuándo se consultó tu libro", "When your book was looked at"),
}
FIELDS: dict[str, Said] = {
    "sort": ("tipo", "sort"),
    "value": ("valor", "value"),
    "name": ("nombre", "name"),
    "id": ("número de la interacción", "id of the interaction"),
    "kind": ("qué ocurrió", "what happened"),
    "happened_at": ("cuándo ocurrió", "when it happened"),
    "recorded_at": ("cuándo se anotó", "when it was recorded"),
    "touchpoint": ("punto de contacto", "touchpoint"),
    "channel": ("canal", "channel"),
    "device": ("dispositivo", "device"),
    "place": ("lugar", "place"),
    "brand": ("marca", "brand"),
    "department": ("departamento", "department"),
    "stage": ("etapa", "stage"),
    "initiated_by": ("quién empezó", "who began it"),
    "outcome": ("cómo acabó", "how it ended"),
    "journey": ("recorrido", "journey"),
    "agent": ("quién te atendió", "who served you"),
    "about": ("sobre qué interacción", "about which interaction"),
    "duration": ("duración (ms)", "duration (ms)"),
    "wait": ("espera (ms)", "wait (ms)"),
    "scale": ("escala", "scale"),
    "score": ("puntuación", "score"),
    "amount": ("importe", "amount"),
    "currency": ("moneda", "currency"),
    "item": ("producto o contenido", "product or content"),
    "source": ("origen", "source"),
    "identity": ("identidad", "identity"),
    "identity_sort": ("tipo de identidad", "sort of identity"),
    "text": ("texto", "text"),
    "properties": ("otros datos", "other data"),
    "sender_id": ("número de quien lo envió", "the sender's own id"),
    "started_at": ("cuándo se incorporó", "when it was brought in"),
    "received_at": ("cuándo llegó", "when it came in"),
    "reason": ("motivo", "reason"),
    "content": ("contenido", "content"),
    "verdict": ("decisión", "decision"),
    "at": ("cuándo", "when"),
    "undone_at": ("cuándo se deshizo", "when it was undone"),
    "note": ("nota", "note"),
    "purpose": ("finalidad", "purpose"),
    "state": ("estado", "state"),
    "version": ("versión del texto mostrado", "version of the text shown"),
    "origin": ("quién lo dijo", "who said so"),
    "language": ("idioma", "language"),
    "created_at": ("cuándo se preparó", "when it was made"),
    "sent_at": ("cuándo se envió", "when it was sent"),
    "bounce": ("devuelto", "came back"),
    "answer": ("respuesta del servidor", "answer of the server"),
    "subject": ("asunto", "subject"),
    "html": ("texto con formato", "formatted text"),
    "file": ("archivo", "file"),
    "row": ("fila", "row"),
    "detail": ("detalle", "detail"),
    "answers": ("respuestas", "answers"),
    "begun_at": ("cuándo se empezó", "when it was begun"),
    "posted_at": ("último envío", "last sent"),
    "element": ("pregunta", "question"),
    "size": ("tamaño (bytes)", "size (bytes)"),
    "left": ("lo que decía", "what it said"),
    "pending": ("respuestas sin enviar", "answers not sent yet"),
    "step": ("paso", "step"),
    "asked_at": ("cuándo se preguntó", "when it was asked"),
    "ended_at": ("cuándo acabó", "when it ended"),
    "survey__slug": ("encuesta", "survey"),
    "due_at": ("cuándo tocaba", "when it was due"),
    "platform": ("por dónde", "by what"),
    "next_at": ("la próxima", "the next one"),
    "what": ("qué", "what"),
}


def section(name: str, language: str) -> str:
    """A section's title; its own name where it has none."""
    return _said(SECTIONS, name, language)


def field(name: str, language: str) -> str:
    """A field's name; a declared fact's own."""
    return _said(FIELDS, name, language) if name in FIELDS else name.removeprefix("fact.")


def _said(words: dict[str, Said], name: str, language: str) -> str:
    return words[name][language == "en"] if name in words else name
