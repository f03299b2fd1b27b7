"""Cards of what every command can answer."""

from datetime import timedelta

from bot.card import Button, Card, Press, Question
from bot.cards.drawing import draw
from bot.replies.common import Missing, Working
from bot.wording import Line, Run, Style, Words

STEP_SIGNS = {"done": "✓", "now": "▶", "next": "·"}


@draw.register
def missing(meaning: Missing, words: Words) -> Card:
    """A question for the value that is still needed."""
    asks = words.line("**{option}?** {hint}", option=meaning.option.capitalize(), hint=words.say(meaning.hint))
    question = Question(
        meaning.option, words.say("{hint}", hint=words.say(meaning.hint)), meaning.key, meaning.choices, meaning.picker
    )
    return Card(asks, question=question, private=True)


@draw.register
def working(meaning: Working, words: Words) -> Card:
    """Steps, a bar and what is left; the same message becomes the result."""
    steps: Line = tuple(
        Run(f"{STEP_SIGNS[state]} {words.say(name)}  ", Style.BOLD if state == "now" else Style.PLAIN)
        for name, state in meaning.steps
    )
    body = [steps] if steps else []
    if meaning.left_seconds is not None:
        body.append(words.line("about {left} left", left=words.length(timedelta(seconds=meaning.left_seconds))))
    if meaning.ahead:
        body.append(words.count("{n} job is ahead", "{n} jobs are ahead", meaning.ahead))
    buttons = ((Button(words.say("Cancel"), meaning.cancel, Press.DANGER),),) if meaning.cancel else ()
    return Card((Run(meaning.title, Style.BOLD),), tuple(body), buttons=buttons, progress=meaning.share)
