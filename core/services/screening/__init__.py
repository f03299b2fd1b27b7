"""Screening: before a clip is posted its words are read, its frames looked at, and what was found waits for a person."""

from core.services.screening.guarding import guarded as guarded
from core.services.screening.guarding import guards as guards
from core.services.screening.guarding import may_look as may_look
from core.services.screening.guarding import told_of as told_of
from core.services.screening.screens import Screens as Screens
from core.services.screening.screens import screening_of as screening_of
from core.services.screening.viewing import Viewing as Viewing
