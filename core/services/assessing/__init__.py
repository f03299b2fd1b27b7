"""Assessing: what is said is judged as it comes, by the judge inside at once and by models step by step; places over their
threshold are alerted, once per cause and five minutes."""

from core.services.assessing.alerting import threshold_of
from core.services.assessing.live import Assessing
from core.services.assessing.telling import raised, tell

__all__ = ["Assessing", "raised", "tell", "threshold_of"]
