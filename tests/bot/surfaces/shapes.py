"""Cards of every shape filled with every kind of text, for the surfaces' tests."""

from collections.abc import Iterator
from pathlib import Path

from bot.card import Button, Card, Choice, File, Item, Press, Question, Quote, Tone
from bot.wording import Line, Run, Style

HOSTILE = (
    "@everyone @here <@&901> <@123456789012345678> @amina /stop@earshot_bot <b>x</b> </blockquote> &amp; `a` ```b``` ||c||"
    " **d** __e__ ~~f~~ [g](https://a.example/||x) <t:1:R> </follow:1> <:x:123456789012345678> https://b.example/||_y_**"
    "\n# h\n- i\n> j\n1. k\n-# l\n👩‍👩‍👧‍👦🇫🇷👍🏽 \u202eevil\u202c مرحبا \u200b\u2060 Z͑ͫ̓ͪ̂ͫ̽͏̴̙̤̞͉͚̯̞̠ \x1b[31m\x00 \ud800 |\\"
)
FILLINGS = {
    "empty": "",
    "unseen": "\u200b\u2060 \ufeff",
    "usual": "Bonsoir à tous, on commence par les oignons.",
    "longest": "une très longue phrase de quelqu'un qui ne s'arrête pas " * 120,
    "one word": "x" * 6000,
    "astral": "👩‍👩‍👧‍👦" * 900,
    "hostile": HOSTILE,
    "hostile and long": HOSTILE * 30,
}


def lines(text: str, count: int) -> tuple[Line, ...]:
    """Lines of every style."""
    styles = (Style.PLAIN, Style.BOLD, Style.CODE)
    return tuple((Run("It says: "), Run(text, styles[n % 3]), Run(text[:20], Style.BOLD)) for n in range(count))


def shapes(text: str, picture: Path) -> Iterator[tuple[str, Card]]:
    """(name, card) of every shape a card can have."""
    title = (Run(text, Style.BOLD), Run(" · "), Run(text[:30]))
    buttons = tuple(
        tuple(Button(text[:200] or "", f"verb.sub:{row};{n}", look) for n, look in enumerate(looks))
        for row, looks in enumerate([(Press.PLAIN, Press.MAIN, Press.DANGER, Press.PLAIN, Press.PLAIN)] * 6)
    )
    quotes = tuple(
        Quote(text, start, end, hidden, folded)
        for start, end, hidden, folded in [
            (0, 0, False, False),
            (3, 9, False, False),
            (0, 5, True, False),
            (len(text) - 4, len(text), True, True),
        ]
    )
    items = tuple(Item(line, f"lives.show:{n}" if n % 2 else "") for n, line in enumerate(lines(text, 30)))
    video = File(f"{text[:40] or 'v'}.mp4", data=b"0", width=720, height=1280, seconds=30.4)
    paper = File(f"{text[:40] or 'p'}.srt", data=b"0")
    link = Button(text[:100], "https://www.tiktok.com/@amina/live", Press.LINK)
    yield "bare", Card(title)
    yield (
        "error",
        Card(
            (Run(text, Style.BOLD), Run(". It went wrong.", Style.BOLD), Run(f" {text}")), private=True, tone=Tone.WARN
        ),
    )
    yield "body", Card(title, lines(text, 3), foot=(Run(text),))
    yield "many lines", Card(title, lines(text, 60), foot=(Run(text),))
    yield "quotes", Card(title, (), quotes, tone=Tone.DANGER)
    yield "many quotes", Card(title, (), quotes * 30)
    yield (
        "list",
        Card(title, items=items, buttons=((Button("◀", "following:page=1"), Button("▶", "following:page=3")),)),
    )
    yield "buttons", Card(title, buttons=(*buttons, (link,)))
    yield "same button twice", Card(title, buttons=((buttons[0][0], buttons[0][0]), (buttons[0][0], link)))
    yield "picture", Card(title, lines(text, 12), picture=picture, foot=(Run(text),))
    yield "clip", Card(title, lines(text, 2), files=(video,), buttons=buttons[:1])
    yield "papers", Card(title, files=(paper, paper, *[File("a b.txt", data=b"1")] * 12))
    yield "all media", Card(title, picture=picture, files=(video, paper))
    yield (
        "moving",
        Card(title, lines(text, 1), progress=0.554, buttons=((Button(text[:30], "job.cancel:1", Press.DANGER),),)),
    )
    yield "ping", Card(title, lines(text, 2), ping="discord:901", tone=Tone.GOOD)
    choices = tuple(Choice(text[:120] or "", f"{n}") for n in range(30))
    yield "question", Card(title, question=Question("account", text[:300], "follow:transcript=no", ()), private=True)
    yield "choices", Card(title, question=Question("account", text[:300], "follow", choices), private=True)
    yield (
        "everything",
        Card(
            title,
            lines(text, 40),
            quotes,
            items,
            (Run(text),),
            buttons,
            picture,
            (video, paper),
            Tone.DANGER,
            False,
            1.7,
            None,
            "901",
        ),
    )


def every(picture: Path) -> Iterator[tuple[str, Card]]:
    """Every shape with every filling."""
    for filling, text in FILLINGS.items():
        for name, card in shapes(text, picture):
            yield f"{name}, {filling}", card
