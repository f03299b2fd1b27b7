"""Replies about alerts and their review."""

from dataclasses import dataclass

from core.model.tellable.finds import RiskRaised


@dataclass(frozen=True)
class AlertShown:
    """An alert as it stands now, waiting or decided."""

    alert: RiskRaised
