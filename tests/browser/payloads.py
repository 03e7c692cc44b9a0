"""What somebody might write in place of a name or an answer, to make our page run it.

Each payload calls `fire(n)` with its own number and marks what it injects with `data-canary`, so
that a page tells whether it ran and whether it became part of the page without running.
"""

from __future__ import annotations

# {n} is the number of the payload.
BODY = (
    "<img src=x onerror=fire({n}) data-canary>",
    "<svg onload=fire({n}) data-canary></svg>",
    "<script data-canary>fire({n})</script>",
    "<details open ontoggle=fire({n}) data-canary>x</details>",
    "<iframe srcdoc='<script>parent.fire({n})</script>' data-canary></iframe>",
    "<input autofocus onfocus=fire({n}) data-canary>",
    "<video><source onerror=fire({n}) data-canary></video>",
    "<style data-canary onload=fire({n})>b{{}}</style>",
    "<body onpageshow=fire({n}) data-canary><img src=x onerror=fire({n}) data-canary>",
    "</title><img src=x onerror=fire({n}) data-canary>",
    "</textarea><img src=x onerror=fire({n}) data-canary>",
    "</option></select><img src=x onerror=fire({n}) data-canary>",
    "</text></svg><img src=x onerror=fire({n}) data-canary>",
    "--><img src=x onerror=fire({n}) data-canary>",
    "]]><img src=x onerror=fire({n}) data-canary>",
    "<math><mtext><img src=x onerror=fire({n}) data-canary></mtext></math>",
    "<noscript><p title='</noscript><img src=x onerror=fire({n}) data-canary>'>",
    "<img src=x onerror&#61;fire({n}) data-canary><img src=x onerror=fire({n}) data-canary>",
    "<object data='data:text/html,x' onerror=fire({n}) onload=fire({n}) data-canary></object>",
    "<button hx-on:load=fire({n}) hx-get=/ hx-trigger=load data-canary>x</button>"
    "<img src=x onerror=fire({n})>",
)
ATTRIBUTE = (
    '" autofocus onfocus=fire({n}) data-canary tabindex=1 x="',
    "' autofocus onfocus=fire({n}) data-canary tabindex=1 x='",
    '"><img src=x onerror=fire({n}) data-canary>',
    "'><img src=x onerror=fire({n}) data-canary>",
    '" onmouseover=fire({n}) data-canary x="',
)
ADDRESS = (
    "javascript:fire({n})",
    "JaVaScRiPt:fire({n})",
    "java\tscript:fire({n})",
    " javascript:fire({n})//https://example.org",
    "data:text/html,<script>parent.fire({n})</script>",
)
# For template languages, and for what reads data from attributes.
OTHER = (
    "{{{{constructor.constructor('fire({n})')()}}}}",
    "{{% load i18n %}}{{{{ request.user.password }}}}<img src=x onerror=fire({n}) data-canary>",
    "${{fire({n})}}",
    "\u202e<img src=x onerror=fire({n}) data-canary>\u200b",
)


def numbered(templates: tuple[str, ...], first: int) -> dict[int, str]:
    return {n: template.format(n=n) for n, template in enumerate(templates, first)}


BODIES = numbered(BODY, 100)
ATTRIBUTES = numbered(ATTRIBUTE, 200)
ADDRESSES = numbered(ADDRESS, 300)
OTHERS = numbered(OTHER, 400)
ALL = BODIES | ATTRIBUTES | ADDRESSES | OTHERS


def unescaped(payloads: dict[int, str]) -> str:
    """The page we must never serve: every payload as it came, in each place a page has."""
    parts = []
    for n, text in payloads.items():
        if n in ATTRIBUTES:
            quote = "'" if text.startswith("'") else '"'
            parts.append(f"<p title={quote}{text}{quote}>x</p>")
        elif n in ADDRESSES:
            parts.append(f'<a href="{text}">x</a>')
        else:
            parts.append(f"<div>{text}</div>")
    return "<!doctype html><title>x</title>" + "\n".join(parts)
