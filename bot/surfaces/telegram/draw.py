"""Cards as Telegram messages: HTML, inline keyboards and media, as the plain bodies the Bot API takes.

Limits (Bot API pages of sendMessage, sendPhoto, InlineKeyboardButton, ForceReply): text 4,096 and captions 1,024 UTF-16 units
after parsing, callback data 1 to 64 bytes, placeholders 1 to 64 characters.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from functools import singledispatch
from typing import Any

from telegram import (
    ForceReply,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InputFile,
)
from telegram.constants import ParseMode

from bot.card import Button, Card, File, Press, Question, Tone
from bot.cards import draw
from bot.clean import shown
from bot.kernel import with_answer
from bot.surfaces.fit import cut_text, fitted, quotes_of
from bot.surfaces.telegram.hidden import hidden_question
from bot.surfaces.telegram.marks import CAPTION, TEXT, Pen, escape, room, utf16
from bot.wording import Words, plain

SIGNS = {Tone.WARN: "⚠️ ", Tone.DANGER: "🚨 "}  # other surfaces have a colour for it
STYLES = {Press.MAIN: "primary", Press.DANGER: "danger"}
LABEL = 48  # longer labels are cut by the clients
ROW_WIDTH = 30  # characters of all labels of a row: more is cut on a phone
ROW = 4
CHOICES = 24
NO_PREVIEW = {"link_preview_options": {"is_disabled": True}}
BAR_STEPS = 10


class Over(StrEnum):
    """What a drawing will replace: a caption is shorter than a text."""

    NOTHING = "nothing"
    TEXT = "text"
    MEDIA = "media"


@dataclass(frozen=True)
class Body:
    """One call: the Bot API's method, its parameters without the address, and the files that go with it by part name."""

    method: str
    params: dict[str, Any]
    files: dict[str, File] = field(default_factory=dict)

    def arguments(self) -> dict[str, Any]:
        """What the library's method of the same name takes, files opened. Raises OSError when a file is gone."""
        return {**self.params, **{part: _opened(file) for part, file in self.files.items()}}


@dataclass(frozen=True)
class Drawn:
    """A message: `first` is the card itself, `more` the files that one message cannot carry. `private`: only for the asker."""

    first: Body
    more: tuple[Body, ...] = ()
    private: bool = False


@singledispatch
def draw_telegram(meaning: Any, words: Words, over: Over = Over.NOTHING) -> Drawn:
    """The message of a reply or post. Register a better drawing for a meaning here; the default draws its card."""
    return drawn(draw(meaning, words), over)


def drawn(card: Card, over: Over = Over.NOTHING) -> Drawn:
    """A card as a message, new or in the place of another.

    A message that is changed keeps what it carries: a text has four times the room of a caption, and what people read must not
    be cut for a picture; a picture stays the picture it is, and what is said under it is cut to a caption. What is to be read
    besides follows as a message of its own; what is only to be seen is left out.
    """
    media, rest = _media(card)
    if over is not Over.NOTHING:
        left = {"photo"} if card.aside or card.shown else set[str]()
        left |= {"video"} if card.stays and over is Over.MEDIA else set()
        more = tuple(_alone(*one) for one in (*([media] if media else []), *rest) if one[0] not in left)
        return Drawn(_changed(card, over), more, card.private)
    card = fitted(card, room(CAPTION if media else TEXT))
    said: dict[str, Any] = {"caption" if media else "text": text_of(card), "parse_mode": ParseMode.HTML.value}
    if markup := _markup(card, over):
        said["reply_markup"] = markup
    more = tuple(_alone(*one) for one in rest)
    if media is None:
        return Drawn(Body("sendMessage", said | NO_PREVIEW), more, card.private)
    kind, file = media
    if kind == "photo":
        said["show_caption_above_media"] = True  # the first line says what happened
    return Drawn(Body(f"send{kind.capitalize()}", {**said, **_shape(file)}, {kind: file}), more, card.private)


def _changed(card: Card, over: Over) -> Body:
    """The words of a message that is there already."""
    captioned = over is Over.MEDIA
    card = fitted(card, room(CAPTION if captioned else TEXT))
    said: dict[str, Any] = {"caption" if captioned else "text": text_of(card), "parse_mode": ParseMode.HTML.value}
    if markup := _markup(card, over):
        said["reply_markup"] = markup
    if captioned:
        return Body("editMessageCaption", {**said, "show_caption_above_media": True})
    return Body("editMessageText", said | NO_PREVIEW)


def text_of(card: Card) -> str:
    """The whole text of a fitted card as HTML. Quotes are blocks of their own and need no empty line around them."""
    pen = Pen()
    short, long = quotes_of(card)
    title = SIGNS.get(card.tone, "") + pen.line(card.title)
    body = [*map(pen.line, card.body), *([bar(card.progress)] if card.progress is not None else [])]
    parts = [title, *map(pen.quote, short), *body, *map(pen.quote, long)]
    if card.items:
        parts += ["", *(_entry(pen, card, n) for n in range(len(card.items)))]
    if card.foot:
        parts += [*([] if parts[-1].endswith("</blockquote>") else [""]), pen.tag("i", escape(plain(card.foot)))]
    question = card.question
    return "\n".join(parts) + (hidden_question(question.key, question.option) if question else "")


def _entry(pen: Pen, card: Card, n: int) -> str:
    """An entry of a list, with the number of its button when it has one."""
    item = card.items[n]
    number = [one for one in card.items if one.key].index(item) + 1 if item.key else 0
    return (f"{number}. " if number else "") + pen.line(item.line)


def bar(share: float) -> str:
    """`▰▰▰▱▱▱ 55 %`."""
    share = min(1.0, max(0.0, share))
    full = round(share * BAR_STEPS)
    return f"{'▰' * full}{'▱' * (BAR_STEPS - full)} {round(share * 100)} %"


def _markup(card: Card, over: Over) -> dict[str, Any] | None:
    """Buttons, or a question's choices as buttons, or the request for a written answer.

    An edit cannot ask for one; a reply to the message is read as the answer all the same.
    """
    question = card.question
    rows = [*(_choices(question) if question else ()), *_openers(card), *_rows(card.buttons)]
    if rows:
        return InlineKeyboardMarkup(rows).to_dict()
    if question and over is Over.NOTHING:
        hint = cut_text(shown(question.ask).strip(), 64, utf16) or "…"
        return ForceReply(selective=True, input_field_placeholder=hint).to_dict()
    return None


def _choices(question: Question) -> Iterator[tuple[InlineKeyboardButton, ...]]:
    buttons = [
        Button(choice.label, with_answer(question.key, question.option, choice.value)) for choice in question.choices
    ]
    yield from _packed([made for button in buttons[:CHOICES] for made in _button(button)])


def _openers(card: Card) -> Iterator[tuple[InlineKeyboardButton, ...]]:
    """A numbered button for each entry that can be opened."""
    keys = [item.key for item in card.items if item.key]
    yield from _packed([made for n, key in enumerate(keys, 1) for made in _button(Button(str(n), key))], 5)


def _rows(rows: tuple[tuple[Button, ...], ...]) -> Iterator[tuple[InlineKeyboardButton, ...]]:
    for row in rows:
        yield from _packed([made for button in row for made in _button(button)])


def _button(button: Button) -> Iterator[InlineKeyboardButton]:
    """Nothing for a key that Telegram would refuse: one bad button would lose the whole message."""
    text = cut_text(shown(button.label).strip(), LABEL, utf16) or "…"
    if button.look is Press.LINK:
        yield InlineKeyboardButton(text, url=button.key)
    elif 1 <= len(button.key.encode()) <= 64:
        yield InlineKeyboardButton(text, callback_data=button.key, style=STYLES.get(button.look))


def _packed(buttons: list[InlineKeyboardButton], most: int = ROW) -> Iterator[tuple[InlineKeyboardButton, ...]]:
    """Rows of buttons narrow enough for a phone, as even as they can be."""
    while buttons:
        count = next(
            (n for n in range(min(most, len(buttons)), 1, -1) if sum(utf16(b.text) for b in buttons[:n]) <= ROW_WIDTH),
            1,
        )
        if count < len(buttons) < 2 * count:
            count = max(1, (len(buttons) + 1) // 2)
        yield tuple(buttons[:count])
        buttons = buttons[count:]


def _media(card: Card) -> tuple[tuple[str, File] | None, list[tuple[str, File]]]:
    """((kind, file) that carries the card, or None, and those that follow): a video before the picture before a document."""
    files = [("video" if file.is_video else "document", file) for file in card.files]
    if card.picture:
        files.insert(0, ("photo", File(card.picture.name, card.picture)))
    if not files:
        return None, []
    chosen = next((one for one in files if one[0] == "video"), files[0])
    return chosen, [one for one in files if one is not chosen]


def _alone(kind: str, file: File) -> Body:
    return Body(f"send{kind.capitalize()}", _shape(file), {kind: file})


def _shape(file: File) -> dict[str, Any]:
    """What a video says of itself, so that clients show it in its form before it is loaded."""
    if not file.is_video:
        return {}
    size = {"width": file.width, "height": file.height, "duration": max(1, round(file.seconds))}
    return {**size, "supports_streaming": True, **({"has_spoiler": True} if file.veiled else {})}


def _opened(file: File) -> InputFile:
    return InputFile(file.path.read_bytes() if file.path else file.data, filename=file.name)
