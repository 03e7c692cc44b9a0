"""What customers say in English; the same shape as words_es.py."""

from __future__ import annotations

Fragments = dict[str, dict[str, tuple[str, ...]]]

BODIES: Fragments = {
    "branch": {
        "bad": (
            "I waited {days} days for an appointment just to sign one page.",
            "No more afternoon appointments, so I had to take a morning off work.",
            "{minutes} minutes standing in the branch although I had booked a slot.",
            "They asked me in the branch for everything I had already uploaded.",
        ),
        "mixed": ("The branch was fine, getting an appointment was not.",),
        "good": (
            "The people in the branch took their time to explain.",
            "In and out in ten minutes.",
        ),
    },
    "video": {
        "bad": (
            "The video check failed {times} times without telling me why.",
            "The camera would not read my passport, whatever I did.",
        ),
        "mixed": ("Video identification worked on the second try.",),
        "good": ("The video check took two minutes from my sofa.",),
    },
    "payment": {
        "bad": (
            "My card was declined at the till with plenty of money in the account.",
            "Payments keep failing when I travel and nobody warns me.",
            "Declined {times} times, not a word of explanation.",
        ),
        "mixed": ("Payments work most of the time.",),
        "good": ("Paying with my phone has never let me down.",),
    },
    "cart": {
        "bad": (
            "The basket refused the insurance together with the card.",
            "I filled the basket {times} times and it kept throwing a product out.",
        ),
        "mixed": ("I could buy both in the end, one at a time.",),
        "good": ("Bought travel insurance in three clicks.",),
    },
    "card": {
        "bad": (
            "My card took {days} days to arrive and nobody knew where it was.",
            "Still no card after {days} days.",
        ),
        "mixed": ("The card came late, but it came.",),
        "good": ("The card was in my letterbox on the third day.",),
    },
    "invoice": {
        "bad": (
            "I can not make sense of this invoice.",
            "Charged a fee on an account that was sold to me as free.",
            "The invoice says one thing and the app another.",
        ),
        "mixed": ("They refunded the fee, but only after I asked.",),
        "good": ("Clear invoice, every line explained.",),
    },
    "call": {
        "bad": (
            "{minutes} minutes on hold and then I was cut off.",
            "Three people, three different answers.",
            "It is impossible to reach a human being.",
        ),
        "mixed": ("Solved on the phone, after {minutes} minutes of music.",),
        "good": (
            "One call, five minutes, solved.",
            "They called me back when they said they would.",
        ),
    },
    "chatbot": {
        "bad": (
            "The chatbot goes round in circles and then sends you to a branch.",
            "The bot never understood what I was asking.",
        ),
        "mixed": ("The chat is good for balances and not for much else.",),
        "good": ("I check my balance in the chat in seconds.",),
    },
    "complaint": {
        "bad": (
            "It took {days} days to reject my complaint with a form letter.",
            "Nobody read what I wrote.",
        ),
        "mixed": ("They admitted the mistake, slowly.",),
        "good": ("I complained, they apologised and fixed it.",),
    },
    "online": {
        "bad": (
            "The form crashed on the last page.",
            "Far too many questions for a simple account.",
        ),
        "mixed": ("The form is clear but long.",),
        "good": ("Opened the account in ten minutes from home.", "No paper, no fuss."),
    },
    "app": {
        "bad": ("The app keeps closing by itself.", "Slow since the last update."),
        "mixed": ("The app does the job.",),
        "good": ("The app is a joy to use.", "Fast, simple, no surprises."),
    },
    "staff": {
        "bad": ("I got excuses instead of a solution.",),
        "mixed": ("Friendly people, slow systems.",),
        "good": ("The person who helped me was lovely.", "They listen, and they know their job."),
    },
    "price": {
        "bad": ("The terms got worse at renewal and nobody told me.",),
        "mixed": ("Average conditions, neither better nor worse.",),
        "good": ("No fees and good service, what else.",),
    },
}

OPENINGS: dict[str, tuple[str, ...]] = {
    "bad": ("Very disappointing.", "Not what I expected.", "A waste of time."),
    "mixed": ("It is fine.", "Average.", "Could be better."),
    "good": ("Great.", "Very happy.", "Excellent service."),
}

CLOSINGS: dict[str, tuple[str, ...]] = {
    "bad": ("I am looking at other banks.", "I would not recommend it.", "Please read this."),
    "mixed": ("Let us see.", "Nothing special."),
    "good": ("Thank you all.", "Would recommend to anyone.", "Keep it up."),
}
