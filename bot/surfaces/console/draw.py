"""A card in a terminal: lines of rich text, numbered buttons. No text from outside can steer the terminal."""

import unicodedata
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from rich.console import Console
from rich.text import Text

from bot.card import Card, Press, Quote, Tone
from bot.kernel import with_answer
from bot.wording import Line, Style, Words

LOOKS = {Style.PLAIN: "", Style.BOLD: "bold", Style.CODE: "cyan", Style.MENTION: "cyan"}
TONES = {Tone.CALM: "blue", Tone.GOOD: "green", Tone.WARN: "yellow", Tone.DANGER: "red"}
BAR = 24
EDGE = "▌ "


@dataclass
class Numbers:
    """Numbers that press buttons: they rise, and the last 99 keep their meaning."""

    keys: deque[tuple[int, str]] = field(default_factory=lambda: deque(maxlen=99))
    last: int = 0

    def give(self, key: str) -> int:
        """The number of a newly drawn button."""
        self.last = self.last % 99 + 1
        self.keys.append((self.last, key))
        return self.last

    def key(self, number: int) -> str | None:
        """What a number presses now."""
        return next((key for known, key in reversed(self.keys) if known == number), None)


def tame(text: str) -> str:
    """`text` without anything that steers a terminal or turns its direction: control and format characters but newline."""
    if text.isprintable():  # as nearly all is: it is quick to see
        return text
    return "".join(c for c in text if c == "\n" or unicodedata.category(c) not in ("Cc", "Cf", "Cs"))


def put(console: Console, lines: Iterable[Text], head: int = 2) -> None:
    """Print `lines`; on a terminal they break between words, and what goes on is set in below the first `head` characters,
    which are repeated where they are the edge of a card."""
    for line in lines:
        if not console.is_terminal or line.cell_len <= console.width:
            console.print(line)
            continue
        first, rest = line[:head], line[head:]
        for number, part in enumerate(rest.wrap(console, max(20, console.width - first.cell_len))):
            console.print(Text.assemble(first if not number or first.plain == EDGE else " " * first.cell_len, part))


def draw_console(
    card: Card, words: Words, numbers: Numbers | None, typed: Callable[[str], str] | None = None
) -> list[Text]:
    """The lines of a card. Without `numbers` only those of its buttons and entries are there that are links, or that lead where no
    help does: `typed` gives the command that does what their key says, empty for those that help lists."""
    edge = TONES[card.tone]
    lines = [_line(card.title, "bold"), *(_line(line) for line in card.body)]
    if card.progress is not None:
        full = round(card.progress * BAR)
        lines.append(Text(f"{'█' * full}{'░' * (BAR - full)} {card.progress:.0%}"))
    for quote in card.quotes:
        lines += _quote(quote, words)
    for item in card.items:
        line = _line(item.line)
        if item.key and numbers is not None:
            line = Text.assemble((f"[{numbers.give(item.key)}] ", "dim"), line)
        elif item.key and typed is not None and (command := typed(item.key)):
            line.append(tame(f": earshot console {command}"), "dim")
        lines.append(line)
    lines += [Text(tame(f"📎 {file.name}" + (f"  {file.path}" if file.path else ""))) for file in card.files]
    if card.picture is not None:
        lines.append(Text(tame(f"🖼  {card.picture}")))
    if card.foot:
        lines.append(Text.assemble(_line(card.foot), style="dim"))
    if numbers is not None:
        lines += _choices(card, numbers)
        lines += _buttons(card, numbers)
    else:
        lines += _commands(card, typed or (lambda key: ""))
    return [Text.assemble((EDGE, edge), line) for line in lines]


def _line(line: Line, base: str = "") -> Text:
    return Text.assemble(*((tame(run.text), LOOKS[run.style] or base) for run in line))


def _quote(quote: Quote, words: Words) -> Iterator[Text]:
    """Each line of the quote behind a bar; the matched part is bold. A terminal has no spoiler: it says that it is rude."""
    text = Text()
    text.append(tame(quote.text[: quote.start]))
    text.append(tame(quote.text[quote.start : quote.end]), "bold yellow")
    text.append(tame(quote.text[quote.end :]))
    if quote.hidden:
        text = Text.assemble((words.say("(strong words)") + " ", "dim"), text)
    for line in text.split("\n"):
        yield Text.assemble(("│ ", "dim"), line)


def _choices(card: Card, numbers: Numbers) -> Iterator[Text]:
    """The answers a question offers, each with the number that gives it."""
    for choice in card.question.choices if card.question else ():
        answer = with_answer(card.question.key, card.question.option, choice.value) if card.question else ""
        if answer:
            yield Text.assemble((f"[{numbers.give(answer)}] ", "bold"), tame(choice.label))


def _commands(card: Card, typed: Callable[[str], str]) -> Iterator[Text]:
    """Where nothing can be pressed: the links, and what to type for the rest."""
    for button in (one for row in card.buttons for one in row):
        line = button.key if button.look is Press.LINK else typed(button.key)
        if line:
            command = line if button.look is Press.LINK else f"earshot console {line}"
            yield Text(tame(f"{button.label}: {command}"), "dim")


def _buttons(card: Card, numbers: Numbers) -> Iterator[Text]:
    for row in card.buttons:
        drawn = Text()
        for button in row:
            if button.look is Press.LINK:
                drawn.append(tame(f"{button.label}: {button.key}  "), "dim")
            else:
                drawn.append(f"[{numbers.give(button.key)}] ", "bold")
                drawn.append(tame(f"{button.label}  "), "red" if button.look is Press.DANGER else "")
        if drawn:
            yield drawn
