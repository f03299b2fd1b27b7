"""Cards as Discord messages of Components V2: built with the library's own parts, without any connection.

Limits (Discord's developer documentation, components/reference and resources/message): 40 parts and 4,000 characters of text
in all, 5 buttons a row, 25 choices a menu, labels of 80 and 100, 10 files, attachment addresses by plain file names.
"""

import re
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import singledispatch
from typing import Any

import discord
from discord import ui

from bot.card import Button, Card, Choice, File, Picker, Press, Question, Tone
from bot.cards import draw
from bot.clean import shown
from bot.kernel import with_answer
from bot.surfaces.discord.marks import marked, quoted, room
from bot.surfaces.discord.pressing import Ask, Chosen, Picked, Pressed
from bot.surfaces.fit import cut_text, fitted, quotes_of
from bot.wording import Words, plain

PARTS, FILES, MENU, ROW, ROWS = 40, 10, 25, 5, 5
DESCRIBED = 256  # of 1,024 characters a picture may be described in
COLOURS = {Tone.CALM: 0x4E5058, Tone.GOOD: 0x2BA55D, Tone.WARN: 0xF0A232, Tone.DANGER: 0xDA373C}
LOOKS = {
    Press.PLAIN: discord.ButtonStyle.secondary,
    Press.MAIN: discord.ButtonStyle.primary,
    Press.DANGER: discord.ButtonStyle.danger,
}
BAR_STEPS = 12


@dataclass(frozen=True)
class Drawn:
    """A message ready to be sent. `files` are (attachment name, file) as the view names them; `ping` a role's id or empty.

    `private`: only for the asker. `ask` is the form to open instead, where Discord takes one as the answer.
    """

    view: ui.LayoutView
    files: tuple[tuple[str, File], ...] = ()
    ping: str = ""
    private: bool = False
    ask: Ask | None = None

    @property
    def allowed(self) -> discord.AllowedMentions:
        """Nobody, or exactly one role."""
        roles: list[discord.abc.Snowflake] = [discord.Object(int(self.ping))] if self.ping else []
        return discord.AllowedMentions(everyone=False, users=False, roles=roles, replied_user=False)

    def uploads(self) -> list[discord.File]:
        """The files, opened, under the names the view uses. Raises OSError when one is gone."""
        return [discord.File(_source(file), filename=name) for name, file in self.files]

    @contextmanager
    def opened(self) -> Iterator[list[discord.File]]:
        """The same, closed at the end: the library closes all but those of the first answer to an interaction."""
        files = self.uploads()
        try:
            yield files
        finally:
            for file in files:
                file.close()

    def body(self) -> dict[str, Any]:
        """The message as JSON, as the API takes it."""
        return {
            "flags": discord.MessageFlags(components_v2=True).value,
            "components": self.view.to_components(),  # type: ignore[no-untyped-call]
            "attachments": [{"id": str(n), "filename": name} for n, (name, _) in enumerate(self.files)],
            "allowed_mentions": {"parse": [], "roles": [self.ping] if self.ping else []},
        }


@singledispatch
def draw_discord(meaning: Any, words: Words) -> Drawn:
    """The message of a reply or post. Register a better drawing for a meaning here; the default draws its card."""
    return drawn(draw(meaning, words), words)


def drawn(card: Card, words: Words) -> Drawn:
    """A card as a message."""
    card = fitted(_faced(card), room())
    ping = card.ping.rpartition(":")[2]
    ping = ping if ping.isdecimal() and card.ping.isascii() else ""
    files = tuple(_named(card))
    view = ui.LayoutView(timeout=None)
    called = bool(ping and card.body)
    if ping:
        view.add_item(ui.TextDisplay(f"<@&{ping}> {marked(card.title)}" if called else f"<@&{ping}>"))
    box: ui.Container[ui.LayoutView] = ui.Container(accent_colour=COLOURS[card.tone])
    for item in _parts(card, files, words, called):
        box.add_item(item)
    view.add_item(box)
    for row in _rows(card, words, PARTS - view.total_children_count):
        box.add_item(row)
    return Drawn(view, files, ping, card.private, _form(card))


def _faced(card: Card) -> Card:
    """The card with the face of whom it is about as its picture, when it has no other."""
    return replace(card, picture=card.face, aside=True) if card.face and not card.picture else card


def _parts(
    card: Card, files: tuple[tuple[str, File], ...], words: Words, called: bool
) -> Iterator[ui.Item[ui.LayoutView]]:
    """Everything above the buttons, from top to bottom. `called`: the title stands beside the ping already."""
    pictures = [(name, file.veiled) for name, file in files if _is_shown(card, file)]
    told = label(plain(card.title), DESCRIBED)  # what a picture shows, for those who cannot see it
    blocks = [*_blocks(card, called)]
    if card.items:
        blocks.append("\n".join(marked(item.line) for item in card.items))
    if card.aside and card.picture is not None and blocks:
        thumbnail = ui.Thumbnail[ui.LayoutView](f"attachment://{pictures.pop(0)[0]}", description=told)
        yield ui.Section(blocks.pop(0), accessory=thumbnail)
    for block in blocks:
        yield ui.TextDisplay(block)
    if pictures:
        yield ui.MediaGallery(
            *(
                discord.MediaGalleryItem(f"attachment://{name}", description=told, spoiler=veiled)
                for name, veiled in pictures
            )
        )
    for name, file in files:
        if not _is_shown(card, file):
            yield ui.File(f"attachment://{name}", spoiler=file.veiled)
    if card.foot:
        yield ui.TextDisplay(f"-# {marked(card.foot)}")
    yield from _menus(card, words)


def _blocks(card: Card, called: bool) -> Iterator[str]:
    """Title, quotes, body, bar; quotes that may be long come after the body. Posts have a heading, answers a bold line."""
    title = marked(card.title) if card.private else f"### {marked(card.title, heading=True)}"
    short, long = quotes_of(card)
    body = list(map(marked, card.body)) + ([bar(card.progress)] if card.progress is not None else [])
    head = [] if called else [title]
    first = [*head, *(["\n\n".join(map(quoted, short))] if short else []), *body]
    if first:
        yield "\n".join(first)
    if long:
        yield "\n\n".join(map(quoted, long))


def bar(share: float) -> str:
    """`▰▰▰▱▱▱ 55 %`."""
    share = min(1.0, max(0.0, share))
    full = round(share * BAR_STEPS)
    return f"{'▰' * full}{'▱' * (BAR_STEPS - full)} {share:.0%}".replace("%", " %")


def _menus(card: Card, words: Words) -> Iterator[ui.Item[ui.LayoutView]]:
    """A menu for the entries of a list that can be opened, and for a question's choices."""
    entries = [Choice(plain(item.line), item.key) for item in card.items if item.key]
    yield from _menu(0, entries, words.say("Open one"))
    if card.question and _is_picked(card.question):
        question = card.question
        picker: ui.Item[Any] = Chosen(question.picker, question.key, question.option, label(question.ask, 150))
        yield ui.ActionRow(picker)
    elif card.question:
        answers = [
            Choice(choice.label, with_answer(card.question.key, card.question.option, choice.value))
            for choice in card.question.choices
        ]
        yield from _menu(1, answers, words.say("Choose one"))


def _menu(number: int, choices: list[Choice], hint: str) -> Iterator[ui.Item[ui.LayoutView]]:
    unique = {choice.value: choice.label for choice in choices if 1 <= len(choice.value) <= 100}
    if unique:
        options = [discord.SelectOption(label=label(text, 100), value=key) for key, text in list(unique.items())[:MENU]]
        menu: ui.Item[Any] = Picked(number, label(hint, 150), options)
        yield ui.ActionRow(menu)


def _rows(card: Card, words: Words, parts: int) -> Iterator[ui.ActionRow[ui.LayoutView]]:
    """The buttons, as many rows as there are parts left. The same key twice gets a number that the press leaves out."""
    rows = [row[n : n + ROW] for row in _buttons(card, words) for n in range(0, len(row), ROW)]
    seen: dict[str, int] = {}
    for row in rows[:ROWS]:
        parts -= 1 + len(row)
        if parts < 0:
            return
        yield ui.ActionRow(*(_button(button, seen) for button in row))


def _buttons(card: Card, words: Words) -> tuple[tuple[Button, ...], ...]:
    """The card's own, and for a question without choices the one that opens its form again."""
    question = card.question
    if question is None or question.choices or _is_picked(question):
        return card.buttons
    return (*card.buttons, (Button(words.say("Answer"), question.key, Press.MAIN),))


def _button(button: Button, seen: dict[str, int]) -> ui.Item[Any]:
    text = label(button.label, 80)
    if button.look is Press.LINK:
        return ui.Button(label=text, url=button.key)
    seen[button.key] = seen.get(button.key, 0) + 1
    return Pressed(button.key, text, LOOKS[button.look], seen[button.key])


def _form(card: Card) -> Ask | None:
    """The form for a question that has neither choices nor a picker."""
    question = card.question
    if question is None or question.choices or _is_picked(question):
        return None
    return Ask(question.key, question.option, label(plain(card.title), 45), label(question.ask, 45))


def _is_picked(question: Question) -> bool:
    """Whether Discord has a picker of its own for the answer."""
    return question.picker is not Picker.NOTHING and not question.choices


def label(text: str, most: int) -> str:
    """A label: plain text, one line, cut."""
    return cut_text(shown(text).strip(), most, len) or "…"


def _is_shown(card: Card, file: File) -> bool:
    """Whether a file is looked at in the message rather than opened."""
    return file.is_video or (card.picture is not None and file.path == card.picture)


def _named(card: Card) -> Iterator[tuple[str, File]]:
    """Up to ten files under the names Discord leaves as they are: plain letters, each once."""
    pictures = (File(card.picture.name, card.picture),) if card.picture else ()
    seen: set[str] = set()
    for number, file in enumerate((*pictures, *card.files)[:FILES]):
        plain_name = unicodedata.normalize("NFKD", file.name).encode("ascii", "ignore").decode()
        name = re.sub(r"[^A-Za-z0-9._-]+", "_", plain_name).lstrip("._")[-80:] or "file"
        name = f"{number}_{name}" if name.lower() in seen else name
        seen.add(name.lower())
        yield name, file


def _source(file: File) -> Any:
    from io import BytesIO

    return file.path if file.path is not None else BytesIO(file.data)
