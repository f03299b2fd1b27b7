"""Cards of what every command can answer."""

from collections.abc import Mapping
from datetime import timedelta

from bot.card import Button, Card, Press, Question
from bot.cards.drawing import draw
from bot.replies.common import Failed, Missing, Working
from bot.wording import Line, Run, Style, Words

STEP_SIGNS = {"done": "✓", "now": "▶", "next": "·"}


ASKS: Mapping[str, str] = {
    "account": "**Which account?**",
    "at": "**At what time?**",
    "alert": "**Which alert?**",
    "channel": "**Which channel?**",
    "clip": "**Which clip?**",
    "format": "**Which format?**",
    "hours": "**Which hours?**",
    "job": "**Which job?**",
    "language": "**Which language?**",
    "line": "**Which line?**",
    "link": "**Which video?**",
    "list": "**Which accounts?**",
    "live": "**Which live?**",
    "name": "**What shall it be called?**",
    "person": "**Who?**",
    "text": "**What shall I say?**",
    "title": "**What shall it be called?**",
    "transcript": "**Which transcript?**",
    "trigger": "**Which trigger?**",
    "verdict": "**What do you decide?**",
    "videos": "**Which videos?**",
    "what": "**What of it?**",
    "word": "**Which word?**",
    "words": "**Which words?**",
    "zone": "**Which time zone?**",
    "review test text": "**Which text shall be judged?**",
    "transcript comment text": "**What do you want to write?**",
}
"""What is asked when the value of an option is missing: of any command, or of the one named before it."""
ANY = "**{option}?**"


@draw.register
def missing(meaning: Missing, words: Words) -> Card:
    """A question for the value that is still needed."""
    hint = words.say(meaning.hint)
    hint = hint[:1].upper() + hint[1:]
    own = f"{meaning.command} {meaning.option}"
    asked = own if own in ASKS else meaning.option
    title = words.line(ASKS.get(asked, ANY), option=meaning.option.capitalize())
    question = Question(meaning.option, hint, meaning.key, meaning.choices, meaning.picker)
    empty = (draw(Failed("EMPTY"), words).title,) if meaning.empty else ()
    return Card(title, (*empty, words.line("{hint}", hint=hint)), question=question, private=True)


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
