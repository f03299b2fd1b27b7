"""Clipping: which stretch of a live becomes a clip (wishing), the jobs that make it (cutting), what is told of it (telling)."""

from core.services.clipping.curating import Curating as Curating
from core.services.clipping.cutting import MOST as MOST
from core.services.clipping.cutting import Clipping as Clipping
from core.services.clipping.showing import Showing as Showing
from core.services.clipping.stills import Stills as Stills
from core.services.clipping.wishing import LONGEST as LONGEST
