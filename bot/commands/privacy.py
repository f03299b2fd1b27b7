"""What is stored."""

from bot.asked import Asked
from bot.command import command
from bot.privacy import outsiders_of
from bot.replies.privacy import PrivacyShown
from core.model.person import Place
from core.settings import Settings


@command("privacy")
async def privacy(asked: Asked) -> PrivacyShown:
    """What is stored about you, and for how long?"""
    house = asked.house
    return privacy_of(house.settings, asked.place, sign_in=house.linking.official is not None)


def privacy_of(settings: Settings, place: Place | None, *, sign_in: bool) -> PrivacyShown:
    """What holds for `place`, or for the installation. `sign_in`: people can link their own account."""
    return PrivacyShown(place, settings.OPERATOR_CONTACT, sign_in, outsiders_of(settings, place, sign_in=sign_in))
