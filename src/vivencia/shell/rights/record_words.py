"""What the record of processing says of grounds, classes and terms in Spanish. Pure.

Rooms declare them in English in their personal.py; a test says which has no words here.
"""

from __future__ import annotations

BASES = {
    "contract": "contrato",
    "legitimate interest": "interés legítimo",
    "consent": "consentimiento",
    "legal duty": "obligación legal",
}
CLASSES = {
    "contact": "datos de contacto",
    "content": "contenido",
    "pseudonym": "seudónimo",
    "credential": "credencial",
    "behaviour": "actividad",
}
RETENTIONS = {
    "1 hour": "1 hora",
    "12 hours unused, 14 days at most, or signing out": (
        "12 horas sin uso, 14 días como mucho, o hasta salir"
    ),
    "2 years": "2 años",
    "90 days": "90 días",
    "90 days after it was sent, or erased": "90 días desde su envío, o hasta que se borre",
    "as long as the answer it came with": "lo mismo que la respuesta con la que llegó",
    "as long as the session, 30 days at most": "lo que dure la sesión, 30 días como mucho",
    "for ever: it is what keeps the promise": "siempre: es lo que mantiene la promesa",
    "spent, or 1 hour": "hasta que se use, o 1 hora",
    "the chance 90 days, the hash 2 years": "el azar 90 días, el resumen 2 años",
    "until changed": "hasta que se cambie",
    "until deleted, or the account goes": "hasta que se borre, o se dé de baja la cuenta",
    "until erased": "hasta que se borre a la persona",
    "until it ends: 12 hours unused or what is set, 30 days at most": (
        "hasta que acabe: 12 horas sin uso o lo que se haya fijado, 30 días como mucho"
    ),
    "until its survey ends, 30 days at most": "hasta que acabe su encuesta, 30 días como mucho",
    "until its term, 10 years at most": "hasta su plazo, 10 años como mucho",
    "until made anew, or the factor is removed": "hasta que se renueve o se quite",
    "until mended or dropped, 90 days at most": (
        "hasta que se corrija o se descarte, 90 días como mucho"
    ),
    "until the score is no longer watched": "hasta que se deje de vigilar el indicador",
    "until the customer is erased": "hasta que se borre a la persona",
    "until the link has ended, 30 days at most after the last post": (
        "hasta que caduque el enlace, 30 días como mucho desde el último envío"
    ),
    "while its interactions are kept": "mientras se conserven sus interacciones",
    "while the link lives, 30 days": "mientras viva el enlace, 30 días",
    "while they work here and 2 years after, as the audit trail": (
        "mientras trabaje aquí y 2 años más, como el historial de cambios"
    ),
    "while they come in there": "mientras entre por ahí",
}
