"""What customers say in Spanish: whole sentences, by topic and mood, put together by words.py.

`{days}`, `{minutes}` and `{times}` are filled in. BODIES are said everywhere; LOCAL adds what
only Spain, Mexico or Argentina would say, and TURNS changes single words of a body.
"""

from __future__ import annotations

Fragments = dict[str, dict[str, tuple[str, ...]]]

BODIES: Fragments = {
    "branch": {
        "bad": (
            "Tuve que esperar {days} días para firmar un papel en la sucursal.",
            "Pedir la mañana en el trabajo para una firma no tiene ningún sentido.",
            "En la oficina ya no dan cita por la tarde y yo salgo a las seis.",
            "{minutes} minutos de pie en la sucursal, con cita y todo.",
            "Volvieron a pedirme en la sucursal los mismos papeles que ya había subido.",
            "La primera cita libre era dentro de {days} días. Increíble.",
            "Hice todo desde el móvil en diez minutos y luego esperé {days} días para firmar.",
        ),
        "mixed": (
            "La oficina bien, pero la espera para la cita fue larga.",
            "El trámite en sucursal es correcto, aunque se podría hacer desde casa.",
            "Me atendieron con amabilidad, solo que {minutes} minutos tarde.",
        ),
        "good": (
            "En la sucursal me lo explicaron todo con paciencia.",
            "Fui a firmar y en diez minutos estaba fuera.",
            "Prefiero la oficina de siempre, y allí me conocen por mi nombre.",
        ),
    },
    "video": {
        "bad": (
            "El vídeo no me reconocía la cara por más luz que pusiera.",
            "La videoidentificación falló {times} veces y nadie supo decirme por qué.",
            "Lo de enseñar el DNI a la cámara es un suplicio, se corta siempre.",
            "Después de {times} intentos con el vídeo me mandaron a la oficina.",
        ),
        "mixed": (
            "El vídeo funcionó al segundo intento.",
            "Identificarse por vídeo es práctico cuando quiere reconocerte.",
        ),
        "good": (
            "Me identifiqué por vídeo en dos minutos, desde el sofá.",
            "Lo del vídeo me daba respeto y fue facilísimo.",
        ),
    },
    "payment": {
        "bad": (
            "Me rechazaron la tarjeta en la caja con saldo de sobra. Qué vergüenza.",
            "Pago rechazado {times} veces y ni una explicación en la aplicación.",
            "Me quedé sin poder pagar la compra y nadie me avisó del bloqueo.",
            "El pago por internet no pasa nunca a la primera.",
            "Rechazan mis pagos cuando estoy de viaje, justo cuando más falta hacen.",
        ),
        "mixed": (
            "A veces el pago no pasa y hay que repetirlo.",
            "El cobro se arregló, pero el susto no me lo quita nadie.",
        ),
        "good": (
            "Pagar con el móvil funciona siempre.",
            "Se bloqueó un pago raro y me avisaron al momento. Da tranquilidad.",
        ),
    },
    "cart": {
        "bad": (
            "El carrito no me dejaba añadir el seguro junto con la tarjeta.",
            "Llené el carrito {times} veces y siempre me echaba un producto.",
            "Quise contratar dos cosas a la vez y la tienda no lo admite, ni dice por qué.",
            "La tienda en línea me borró el pedido al llegar al final.",
        ),
        "mixed": (
            "Al final pude contratarlo, aunque de uno en uno.",
            "La tienda está bien pensada, pero el carrito da problemas.",
        ),
        "good": (
            "Contraté el seguro en tres pasos, sin letra pequeña.",
            "La tienda compara bien los productos y se entiende todo.",
        ),
    },
    "card": {
        "bad": (
            "La tarjeta tardó {days} días en llegar y nadie sabía dónde estaba.",
            "Sigo esperando la tarjeta; me dijeron tres días y van {days}.",
            "Perdieron mi tarjeta por el camino y tuve que llamar yo.",
            "Dos semanas sin tarjeta y sin una sola noticia.",
        ),
        "mixed": (
            "La tarjeta llegó, un poco tarde pero llegó.",
            "El envío tardó; al menos la tarjeta virtual funcionaba.",
        ),
        "good": (
            "La tarjeta me llegó a casa al tercer día.",
            "Activé la tarjeta en un minuto y a funcionar.",
        ),
    },
    "invoice": {
        "bad": (
            "No hay quien entienda la factura: conceptos que no sé de dónde salen.",
            "Me cobraron una comisión en una cuenta que era sin comisiones.",
            "La factura dice una cosa y la aplicación otra.",
            "Cada mes aparece un cargo distinto y nadie me lo explica.",
            "Doce euros por «mantenimiento» y cuando preguntas te marean.",
        ),
        "mixed": (
            "La factura se entiende después de leerla tres veces.",
            "Me devolvieron la comisión, pero tuve que pedirlo yo.",
        ),
        "good": (
            "Por fin una factura clara, se ve cada cosa.",
            "Pregunté por una comisión y me la devolvieron el mismo día.",
        ),
    },
    "call": {
        "bad": (
            "{minutes} minutos escuchando la musiquita para que luego se cortara.",
            "Llamé {times} veces y cada persona me dijo una cosa distinta.",
            "En el teléfono no me resolvieron nada, solo me pasaban de uno a otro.",
            "Imposible hablar con una persona, todo son opciones y más opciones.",
        ),
        "mixed": (
            "Me lo resolvieron por teléfono, después de esperar {minutes} minutos.",
            "La llamada bien, la espera no tanto.",
        ),
        "good": (
            "Llamé y en cinco minutos estaba resuelto.",
            "La persona del teléfono sabía de qué hablaba y no me hizo repetir nada.",
            "Me devolvieron la llamada cuando dijeron. Eso se agradece.",
        ),
    },
    "chatbot": {
        "bad": (
            "El chatbot da vueltas y vueltas y acaba mandándote a la oficina.",
            "Pregunté {times} veces lo mismo y el robot no entendía nada.",
            "El chat automático no sirve: le hablas de la tarjeta y te contesta del seguro.",
            "Le pedí hablar con una persona y el bot hizo como si nada.",
        ),
        "mixed": (
            "El chat está bien para el saldo; para lo demás, no.",
            "El chatbot responde rápido, aunque no siempre lo que preguntas.",
        ),
        "good": (
            "Miro el saldo y los movimientos por el chat en segundos.",
            "Le pregunté al chatbot a medianoche y me lo resolvió.",
        ),
    },
    "complaint": {
        "bad": (
            "Puse una reclamación y tardaron {days} días en decirme que no.",
            "La respuesta a mi queja era una carta de plantilla, ni la leyeron.",
            "Reclamé y me dieron la razón a medias, sin disculparse.",
        ),
        "mixed": (
            "La reclamación se resolvió, pero a su ritmo.",
            "Reconocieron el error; faltó rapidez.",
        ),
        "good": (
            "Reclamé, pidieron perdón y lo arreglaron. Así se hacen las cosas.",
            "Mi queja tuvo respuesta en una semana y con nombre y apellidos.",
        ),
    },
    "online": {
        "bad": (
            "El formulario se colgó cuando iba por la última página.",
            "Demasiadas preguntas para abrir una simple cuenta.",
            "Tuve que empezar el formulario {times} veces porque no guardaba nada.",
        ),
        "mixed": (
            "El formulario es claro, aunque se hace largo.",
            "Se abre rápido la cuenta, pero sobran pantallas.",
        ),
        "good": (
            "Abrí la cuenta en diez minutos sin moverme de casa.",
            "Todo el proceso en línea, sin papeles y sin dudas.",
            "El comparador me ayudó a elegir bien la cuenta.",
        ),
    },
    "app": {
        "bad": (
            "La aplicación se cierra sola cada dos por tres.",
            "Desde la última actualización la aplicación va lentísima.",
            "No encuentro nada en la aplicación, cambian todo de sitio.",
        ),
        "mixed": (
            "La aplicación cumple, sin más.",
            "Me gusta la aplicación, aunque le faltan cosas que otros ya tienen.",
        ),
        "good": (
            "La aplicación es una maravilla, lo hago todo con ella.",
            "Sencilla, rápida y sin sorpresas.",
            "Hago mis transferencias en segundos y sin errores.",
        ),
    },
    "staff": {
        "bad": (
            "Me atendieron con prisa y de mala gana.",
            "No me dieron una solución, solo excusas.",
        ),
        "mixed": (
            "El trato es bueno, los medios no tanto.",
            "Amables, pero cada gestión lleva demasiado tiempo.",
        ),
        "good": (
            "La persona que me atendió, un encanto.",
            "Da gusto tratar con gente que escucha.",
            "Siempre me resuelven las dudas con una sonrisa.",
            "Se nota que conocen su trabajo y que les importa.",
        ),
    },
    "price": {
        "bad": (
            "Al renovar me subieron las condiciones sin avisar.",
            "Para lo que pago, espero bastante más.",
        ),
        "mixed": (
            "Las condiciones están en la media, ni mejor ni peor.",
            "Renové porque cambiar de banco da pereza.",
        ),
        "good": (
            "Me mejoraron las condiciones por ser cliente antiguo.",
            "Sin comisiones y con buen servicio, no pido más.",
        ),
    },
}

OPENINGS: dict[str, tuple[str, ...]] = {
    "bad": (
        "Muy decepcionante.",
        "Una pena, porque yo estaba contento.",
        "No me lo esperaba de un banco así.",
        "Mal.",
        "Fatal, la verdad.",
        "Cada vez peor.",
        "Qué manera de perder el tiempo.",
    ),
    "mixed": ("Normal.", "Ni bien ni mal.", "En general bien.", "Correcto.", "Regular."),
    "good": (
        "¡Muy contenta!",
        "Todo perfecto.",
        "Encantado.",
        "Excelente.",
        "Llevo años aquí y repetiría.",
        "Muy buena experiencia.",
    ),
}

CLOSINGS: dict[str, tuple[str, ...]] = {
    "bad": (
        "Estoy mirando otros bancos.",
        "Así no se trata a un cliente.",
        "Nadie se hace responsable.",
        "En 2026, esto no puede ser.",
        "Espero que alguien lea esto.",
        "No lo recomendaría a nadie.",
    ),
    "mixed": (
        "Se puede mejorar.",
        "Veremos con el tiempo.",
        "Nada especial que destacar.",
        "Con un poco más de rapidez sería otra cosa.",
    ),
    "good": (
        "Lo recomiendo a todo el mundo.",
        "Gracias a todo el equipo.",
        "Sigan así.",
        "Ya se lo he dicho a mi hermana.",
        "Un diez.",
    ),
}

# variant -> mood -> sentences only heard there, in place of an opening or a closing
LOCAL: Fragments = {
    "es-ES": {
        "bad": (
            "Me dijisteis que podía hacerlo desde casa y no es verdad.",
            "Abrir la cuenta ha sido un viacrucis.",
            "Vaya chapuza.",
            "Menudo lío para nada.",
            "¿De verdad os cuesta tanto contestar?",
        ),
        "mixed": ("Vale, pero podríais espabilar un poco.", "Pse, cumple y ya está."),
        "good": (
            "Sois majísimos.",
            "Va de maravilla, oye.",
            "Os pongo un diez porque os lo merecéis.",
        ),
    },
    "es-MX": {
        "bad": (
            "La neta, pésimo servicio.",
            "Uno marca y marca y nadie contesta.",
            "Puras vueltas y al final nada.",
            "Ahorita ya estoy viendo otro banco.",
        ),
        "mixed": ("Está bien, nomás que tardan mucho.", "Más o menos, ahí la llevan."),
        "good": (
            "Está padrísimo.",
            "Me atendieron bien rápido, la verdad.",
            "Muy padre la aplicación.",
        ),
    },
    "es-AR": {
        "bad": (
            "Un desastre, te hacen perder todo el día.",
            "Llamás y te atiende una grabación eterna.",
            "No podés tratar así a la gente.",
            "Me tienen harto, che.",
        ),
        "mixed": ("Más o menos, zafa.", "Está bien, pero tenés que tener paciencia."),
        "good": (
            "Bárbaro todo.",
            "La verdad, un lujo cómo te atienden.",
            "Re fácil, lo hacés en un toque.",
        ),
    },
}

TURNS: dict[str, tuple[tuple[str, str], ...]] = {
    "es-MX": (
        ("el móvil", "el celular"),
        ("El vídeo", "El video"),
        ("el vídeo", "el video"),
        ("del vídeo", "del video"),
        ("por vídeo", "por video"),
        ("el DNI", "la INE"),
    ),
    "es-AR": (
        ("el móvil", "el celular"),
        ("El vídeo", "El video"),
        ("el vídeo", "el video"),
        ("del vídeo", "del video"),
        ("por vídeo", "por video"),
        ("cita", "turno"),
        ("la primera turno", "el primer turno"),
        ("La primera turno", "El primer turno"),
        ("la turno", "el turno"),
    ),
}
