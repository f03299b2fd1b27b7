"""Clipping: which stretch of a live becomes a clip (wishing), the jobs that make it (cutting), what is told of it (telling)."""

from core.services.clipping.cutting import MOST as MOST
from core.services.clipping.cutting import Clipping as Clipping
from core.services.clipping.wishing import LONGEST as LONGEST
