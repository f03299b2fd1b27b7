"""What asking a model costs. Source: the price file of litellm 1.109.1; console.groq.com/pricing has the newest."""

from dataclasses import dataclass

from core.ports.assessor import Spent

MILLION = 1_000_000


@dataclass(frozen=True)
class Price:
    """Dollars for a million tokens: of the question, of its part that was kept from before, of the answer."""

    asked: float
    cached: float
    answered: float

    def of(self, asked: int, cached: int, answered: int) -> float:
        """Dollars for so many tokens, `cached` being among those `asked`."""
        return ((asked - cached) * self.asked + cached * self.cached + answered * self.answered) / MILLION


PRICES = {
    "openai/gpt-oss-20b": Price(0.075, 0.0375, 0.30),
    "openai/gpt-oss-120b": Price(0.15, 0.075, 0.60),
    "openai/gpt-oss-safeguard-20b": Price(0.075, 0.037, 0.30),
    "qwen/qwen3.8-27b": Price(0.80, 0.80, 4.00),
}


def spent(model: str, usage: object) -> Spent:
    """What one request cost, from the `usage` of its answer; no dollars for a model whose price is not known. Servers may leave
    out or garble any of it."""
    asked, answered = _count(usage, "prompt_tokens"), _count(usage, "completion_tokens")
    cached = min(asked, _count(getattr(usage, "prompt_tokens_details", None), "cached_tokens"))
    price = PRICES.get(model)
    return Spent(1, asked, cached, answered, price.of(asked, cached, answered) if price else 0.0)


def _count(of: object, name: str) -> int:
    value = getattr(of, name, None)
    return min(value, MILLION) if isinstance(value, int) and not isinstance(value, bool) and value > 0 else 0
