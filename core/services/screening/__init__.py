"""Screening: before a clip is posted its words are read, its frames looked at, and what was found waits for a person."""

from core.services.screening.screens import Screens as Screens
from core.services.screening.screens import screening_of as screening_of
from core.services.screening.viewing import Viewing as Viewing
