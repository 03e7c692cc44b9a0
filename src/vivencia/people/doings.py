"""What the audit trail's codes mean, in both languages. Pure; a code without words is a fault."""

from __future__ import annotations

from vivencia.lib import formats

Said = tuple[str, str]  # Spanish, English

DOINGS: dict[str, Said] = {
    "account.changed": ("Cambió su cuenta", "Changed their account"),
    "account.confirmed": ("Confirmó que era quien dice", "Confirmed who they are"),
    "account.password_changed": ("Cambió su contraseña", "Changed their password"),
    "account.session_ended": ("Cerró una sesión suya", "Ended one of their sessions"),
    "account.sessions_ended": ("Cerró sus otras sesiones", "Ended their other sessions"),
    "account.sign_in": ("Quiso entrar", "Tried to sign in"),
    "account.signed_in": ("Entró", "Signed in"),
    "account.signed_out": ("Salió", "Signed out"),
    "account.vouched": ("Llegó del proveedor de identidad", "Came from the identity provider"),
    "api.sent": ("Pidió un cambio por la API", "Asked for a change through the API"),
    "asking.cancelled": ("Canceló una invitación", "Cancelled an invitation"),
    "asking.invited": ("Invitó a una encuesta", "Invited somebody to a survey"),
    "asking.policy_live": ("Puso en marcha unas invitaciones", "Set invitations going"),
    "asking.policy_paused": ("Pausó unas invitaciones", "Paused invitations"),
    "asking.policy_removed": ("Quitó unas invitaciones", "Removed invitations"),
    "asking.policy_saved": ("Guardó cuándo se invita", "Saved when people are invited"),
    "audit.checked": ("Comprobó el historial de cambios", "Checked the audit trail"),
    "audit.detail_forgotten": ("Borró el detalle de una entrada", "Erased an entry's detail"),
    "audit.let_go": ("Dejó ir lo de hace dos años", "Let go of what is two years old"),
    "blocked.destroyed": ("Destruyó datos bloqueados", "Destroyed blocked data"),
    "blocked.opened": ("Sacó datos bloqueados", "Took blocked data out"),
    "contact.limit_removed": ("Quitó un límite de contactos", "Removed a limit of contacts"),
    "contact.limit_set": ("Puso un límite de contactos", "Set a limit of contacts"),
    "contact.place_zone_set": ("Puso la hora de un lugar", "Set the clock of a place"),
    "contact.preferred": ("Anotó el canal preferido", "Noted the preferred channel"),
    "contact.settings_changed": ("Cambió las reglas de contacto", "Changed the rules of contact"),
    "contact.stop_lifted": ("Permitió volver a escribir", "Allowed writing again"),
    "customers.book_opened": ("Abrió el libro de un cliente", "Opened a customer's book"),
    "customers.erased": ("Borró a un cliente", "Erased a customer"),
    "customers.exported": ("Descargó todo sobre un cliente", "Took away all about a customer"),
    "delighted.chosen": ("Eligió qué hace de Delighted", "Chose what stands in for Delighted"),
    "facts.declared": ("Declaró un dato no personal", "Declared a fact"),
    "facts.withdrawn": ("Retiró un dato declarado", "Withdrew a fact"),
    "import.begun": ("Empezó una importación", "Began an import"),
    "import.redone": ("Recuperó una importación", "Took an import back in"),
    "import.undone": ("Deshizo una importación", "Undid an import"),
    "interactions.opened": ("Abrió interacciones", "Opened interactions"),
    "keys.created": ("Creó una clave de la API", "Created an API key"),
    "keys.revoked": ("Retiró una clave de la API", "Revoked an API key"),
    "mail.changed": ("Cambió el correo saliente", "Changed outgoing mail"),
    "mail.dkim_key_made": ("Creó la firma del correo", "Made the signature of mail"),
    "mail.webhook_secret_made": ("Creó el secreto de los avisos", "Made the secret of notices"),
    "mapping.forgotten": ("Olvidó un mapa de columnas", "Forgot a mapping"),
    "mapping.saved": ("Guardó un mapa de columnas", "Saved a mapping"),
    "outbox.cancelled": ("Canceló un envío", "Cancelled a message"),
    "outbox.left": ("Dejó un envío como dudoso", "Left a message in doubt"),
    "outbox.opened": ("Abrió un envío", "Opened a message"),
    "outbox.sent_again": ("Volvió a mandar un envío", "Sent a message again"),
    "page.sent": ("Envió un formulario", "Sent a form"),
    "people.added": ("Dio de alta a una persona", "Added a person"),
    "people.changed": ("Cambió los datos de una persona", "Changed a person"),
    "people.deactivated": ("Dio de baja a una persona", "Deactivated a person"),
    "people.department_added": ("Añadió un departamento", "Added a department"),
    "people.department_removed": ("Quitó un departamento", "Removed a department"),
    "people.link_made": ("Creó un enlace para entrar", "Made a link to sign in"),
    "people.link_used": ("Entró con un enlace", "Signed in by a link"),
    "people.password_set": ("Puso una contraseña", "Set a password"),
    "people.provider_allowed": (
        "Dejó a alguien entrar con el proveedor",
        "Let somebody sign in with the provider",
    ),
    "people.provider_joined": (
        "Unió su cuenta al proveedor",
        "Joined their account to the provider",
    ),
    "people.provider_parted": (
        "Separó una cuenta del proveedor",
        "Parted an account from the provider",
    ),
    "people.reactivated": ("Volvió a dar de alta a una persona", "Reactivated a person"),
    "quarantine.dropped": ("Descartó algo en cuarentena", "Dropped something quarantined"),
    "quarantine.mended": ("Corrigió algo en cuarentena", "Mended something quarantined"),
    "quarantine.replayed": ("Volvió a pasar la cuarentena", "Replayed what was quarantined"),
    "second_factor.added": ("Añadió un segundo factor", "Added a second factor"),
    "second_factor.asked": ("Quiso pasar el segundo paso", "Tried the second step"),
    "second_factor.code_spent": ("Gastó un código de rescate", "Spent a recovery code"),
    "second_factor.codes_made": ("Hizo códigos de rescate", "Made recovery codes"),
    "second_factor.removed": ("Quitó un segundo factor", "Removed a second factor"),
    "second_factor.reset": ("Quitó a alguien el segundo factor", "Reset a second factor"),
    "scores.alert_seen": ("Dio por visto un aviso", "Acknowledged an alert"),
    "scores.shares_forgotten": ("Quitó pesos de clientes", "Removed known shares of customers"),
    "scores.shares_set": ("Dijo qué clientes hay", "Set known shares of customers"),
    "scores.watch_begun": ("Empezó a vigilar un indicador", "Began watching a score"),
    "scores.watch_ended": ("Dejó de vigilar un indicador", "Stopped watching a score"),
    "retention.applied": ("Venció el plazo de unos datos", "The term of some data came"),
    "retention.changed": ("Cambió los plazos de los datos", "Changed how long data stays"),
    "settings.changed": ("Cambió los ajustes", "Changed the settings"),
    "settings.sign_in_changed": ("Cambió cómo se entra", "Changed how people sign in"),
    "settings.demo": ("Marcó la instalación como ejemplo", "Marked this as the demo"),
    "surveys.answer_held": ("Retuvo una respuesta", "Held an answer"),
    "surveys.answer_released": ("Dio por buena una respuesta", "Released an answer"),
    "surveys.closed": ("Cerró una encuesta", "Closed a survey"),
    "surveys.created": ("Creó una encuesta", "Created a survey"),
    "surveys.deleted": ("Borró una encuesta", "Deleted a survey"),
    "surveys.exported": ("Descargó las respuestas de una encuesta", "Took away a survey's answers"),
    "surveys.described": ("Cambió una encuesta", "Changed a survey"),
    "surveys.call_begun": ("Empezó una encuesta por teléfono", "Began a survey by telephone"),
    "surveys.conversation_opened": ("Abrió una conversación", "Opened a conversation"),
    "surveys.device_added": ("Dio de alta un dispositivo", "Registered a device"),
    "surveys.device_revoked": ("Retiró un dispositivo", "Retired a device"),
    "surveys.link_ended": ("Terminó un enlace abierto", "Ended an open link"),
    "surveys.link_made": ("Hizo un enlace abierto", "Made an open link"),
    "surveys.file_opened": ("Abrió un archivo de un cliente", "Opened a customer's file"),
    "surveys.published": ("Publicó una encuesta", "Published a survey"),
    "surveys.reopened": ("Reabrió una encuesta", "Reopened a survey"),
    "surveys.sites_set": ("Cambió los sitios de una encuesta", "Changed the sites of a survey"),
    "touchpoints.removed": ("Quitó un punto de contacto", "Removed a touchpoint"),
    "touchpoints.saved": ("Guardó un punto de contacto", "Saved a touchpoint"),
    "views.changed": ("Cambió una vista", "Changed a view"),
    "views.deleted": ("Borró una vista", "Deleted a view"),
    "views.saved": ("Guardó una vista", "Saved a view"),
}
RESULTS: dict[str, Said] = {
    "done": ("hecho", "done"),
    "refused": ("rechazado", "refused"),
    "failed": ("falló", "failed"),
    "trouble": ("algo no cuadra", "something is wrong"),
    "throttled": ("frenado: demasiados intentos", "held back: too many tries"),
    "stored": ("guardado", "stored"),
    "duplicate": ("ya estaba", "already in"),
    "quarantined": ("sigue en cuarentena", "still quarantined"),
}


def done(what: str, language: str) -> str:
    """A code of the trail in words; the code itself where it has none."""
    return _said(DOINGS.get(what), what, language)


def result(word: str, language: str) -> str:
    return _said(RESULTS.get(word), word, language)


def _said(found: Said | None, plain: str, language: str) -> str:
    return plain if found is None else found[formats.tongue(language) == "en"]
