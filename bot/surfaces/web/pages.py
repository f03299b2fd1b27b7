"""A card as a plain page: text and nothing else. No scripts, nothing from elsewhere, not for search engines."""

from html import escape

from aiohttp import web

from bot.card import Card
from bot.clean import shown
from bot.wording import Line, Style, plain

HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'",
    "X-Robots-Tag": "noindex, nofollow",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}
POLICY, MEDIA = "Content-Security-Policy", "media-src 'self'; img-src 'self'"
STYLE = (
    "body{font:1.1rem/1.5 system-ui,sans-serif;max-width:36rem;margin:15vh auto;padding:0 1rem;color-scheme:light dark}"
    "main:has(video){margin-top:-10vh}video{max-width:100%;max-height:64vh;width:auto;height:auto;border-radius:.5rem}"
    "code{overflow-wrap:anywhere}"
)
TAGS = {Style.BOLD: "strong", Style.CODE: "code"}


def page(card: Card, language: str, status: int = 200, *, player: str = "") -> web.Response:
    """The title and the body of a card. Its buttons stay in the chat. `player` is HTML of ours that comes after the title."""
    body = f"<p>{_html(card.title)}</p>{player}" + "".join(f"<p>{_html(line)}</p>" for line in card.body)
    text = (
        f'<!doctype html><html lang="{escape(language)}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width"><meta name="robots" content="noindex">'
        f"<title>{escape(shown(plain(card.title)))}</title><style>{STYLE}</style></head>"
        f"<body><main>{body}</main></body></html>"
    )
    headers = HEADERS | ({"Content-Security-Policy": f"{HEADERS[POLICY]}; {MEDIA}"} if player else {})
    return web.Response(text=text, status=status, content_type="text/html", headers=headers)


def _html(line: Line) -> str:
    return "".join(_run(escape(shown(run.text)), TAGS.get(run.style, "")) for run in line)


def _run(text: str, tag: str) -> str:
    return f"<{tag}>{text}</{tag}>" if tag else text
