"""Words of the editor: {% load survey_words %}."""

from __future__ import annotations

from collections.abc import Sequence

from django import template
from django.template import Context, Node, NodeList
from django.template.base import FilterExpression, Parser, Token
from django.utils import translation
from django.utils.safestring import SafeString

from vivencia.surveys.definition.obstacles import Obstacle

register = template.Library()


@register.filter
def in_words(obstacle: Obstacle) -> str:
    """{{ obstacle|in_words }}: its sentence in the reader's language."""
    return obstacle.es if (translation.get_language() or "es").startswith("es") else obstacle.en


@register.filter
def among(name: str, questions: Sequence[tuple[str, str]]) -> bool:
    """{% if line.name|among:questions %}: whether a condition may still ask about it."""
    return any(key == name for key, _ in questions)


class InLanguage(Node):
    def __init__(self, language: FilterExpression, nodes: NodeList) -> None:
        self.language = language
        self.nodelist = nodes

    def render(self, context: Context) -> SafeString:
        language = str(self.language.resolve(context))
        with translation.override("es" if language == "es" else "en"):
            return self.nodelist.render(context)


@register.tag
def in_survey_language(parser: Parser, token: Token) -> InLanguage:
    """{% in_survey_language "en" %} … {% end_survey_language %}: our own words on a customer's
    page are in its language, not in that of whoever edits it."""
    _, language = token.split_contents()
    nodes = parser.parse(("end_survey_language",))
    parser.delete_first_token()
    return InLanguage(parser.compile_filter(language), nodes)
