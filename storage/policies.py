"""Policies and word rules as stored."""

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from core.model.policy import Policy, WordRule
from core.model.risk import Label
from storage.revisions import StoredRevisions
from storage.tables import PolicyRow, WordRuleRow
from storage.values import columns_of, value_of

TOPIC = "policies"


class StoredPolicies:
    """How places want short texts judged."""

    def __init__(self, session: AsyncSession, revisions: StoredRevisions) -> None:
        self._session = session
        self._revisions = revisions

    async def get(self, place: str) -> Policy:
        return policy_of(place, await self._session.get(PolicyRow, place, populate_existing=True))

    async def put(self, policy: Policy) -> Policy:
        limits = {str(label): limit for label, limit in policy.limits.items()}
        await self._session.merge(PolicyRow(limits=limits, **columns_of(policy, "limits")))
        await self._changed()
        return policy

    async def add(self, rule: WordRule) -> WordRule:
        row = WordRuleRow(**columns_of(rule, "id"))
        self._session.add(row)
        await self._changed()
        return value_of(WordRule, row)

    async def change(self, rule: WordRule) -> WordRule | None:
        row = await self._session.get(WordRuleRow, rule.id)
        if row is None or row.place != rule.place or row.removed:
            return None
        row.match, row.severity = rule.match, rule.severity
        await self._changed()
        return value_of(WordRule, row)

    async def remove(self, place: str, rule_id: int, *, removed: bool = True) -> WordRule | None:
        row = await self._session.get(WordRuleRow, rule_id)
        if row is None or row.place != place or row.removed is removed:
            return None
        row.removed = removed
        await self._changed()
        return value_of(WordRule, row)

    async def rules(self, place: str) -> list[WordRule]:
        query = select(WordRuleRow).where(WordRuleRow.place == place, col(WordRuleRow.removed).is_(False))
        return [value_of(WordRule, row) for row in await self._session.exec(query.order_by(col(WordRuleRow.id)))]

    async def _changed(self) -> None:
        await self._session.flush()
        await self._revisions.bump(TOPIC)


def policy_of(place: str, row: PolicyRow | None) -> Policy:
    """What a row says; without one, what usually holds."""
    if row is None:
        return Policy(place)
    return value_of(Policy, row, limits={Label(label): limit for label, limit in row.limits.items()})
