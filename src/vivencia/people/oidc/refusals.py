"""Why somebody who comes from the identity provider stays outside, each with its sentence.

The reason goes into the audit trail; the sentence tells them what to do. No Django here.
"""

from __future__ import annotations

from vivencia.lib.errors import Refused


def not_reached(name: str) -> Refused:
    return Refused(
        es=f"{name} no contesta ahora. Prueba dentro de un momento.",
        en=f"{name} does not answer now. Try again in a moment.",
        reason="not_reached",
    )


def not_believed(name: str, why: str) -> Refused:
    """`why` is for the audit trail: of no use to who signs in, and of some to who attacks."""
    return Refused(
        es=f"Lo que contestó {name} no se puede dar por bueno. Empieza de nuevo.",
        en=f"What {name} answered can not be trusted. Begin again.",
        reason=f"not_believed:{why}",
    )


def not_begun_here() -> Refused:
    return Refused(
        es="Esta entrada empezó en otro navegador, o hace más de diez minutos. Empieza de nuevo.",
        en="This sign-in began in another browser, or over ten minutes ago. Begin again.",
        reason="not_begun_here",
    )


def not_let_in(name: str) -> Refused:
    return Refused(
        es=f"{name} no te ha dejado pasar.",
        en=f"{name} did not let you in.",
        reason="not_let_in",
    )


def too_often() -> Refused:
    return Refused(
        es="Demasiados intentos fallidos. Espera una hora.",
        en="Too many failed attempts. Wait an hour.",
        reason="throttled",
    )


def no_group(name: str) -> Refused:
    return Refused(
        es=f"Ninguno de tus grupos en {name} da entrada aquí. "
        "Pide a quien los lleva que te añada a uno.",
        en=f"None of your groups at {name} lets you in here. "
        "Ask whoever looks after them to add you to one.",
        reason="no_group",
    )


def no_email(name: str) -> Refused:
    return Refused(
        es=f"{name} no responde de tu correo, y aquí es lo que distingue a cada persona.",
        en=f"{name} does not vouch for your e-mail, and here that is what tells people apart.",
        reason="no_verified_email",
    )


def not_joined(name: str) -> Refused:
    return Refused(
        es=f"Tu correo ya tiene aquí una cuenta que no es de {name}. "
        f"Pide a quien administra Vivencia que la deje entrar con {name}.",
        en=f"Your e-mail already has an account here that is not of {name}. "
        f"Ask an administrator of Vivencia to let it sign in with {name}.",
        reason="not_joined",
    )


def closed() -> Refused:
    return Refused(
        es="Tu cuenta está cerrada. Habla con quien administra Vivencia.",
        en="Your account is closed. Speak with an administrator of Vivencia.",
        reason="closed",
    )
