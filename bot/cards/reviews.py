"""Cards about alerts, as people review them."""

from bot.card import Card
from bot.cards.drawing import draw
from bot.cards.posts import risk_raised
from bot.replies.reviews import AlertShown
from bot.wording import Words


@draw.register
def alert_shown(meaning: AlertShown, words: Words) -> Card:
    """The same as the post."""
    return risk_raised(meaning.alert, words)
