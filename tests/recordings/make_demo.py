"""Makes the recorded live of the demo (`bot/demo/live.mp4`, word times in `live.json`) and `breathless.flac` beside this file.

Needs the espeak-ng 1.51 library (Debian: `libespeak-ng1`), PyAV, numpy, Pillow, and the DejaVu fonts matplotlib carries.
Everything is drawn and spoken here from fixed seeds: the same versions give the same bytes. About a minute.

    python tests/recordings/make_demo.py [live|words|breathless] ...

The account, the title and `events` of `live.json` are written by hand there; only `words` and `captions` are rewritten here.
Seconds count from the start of the recording; sound is float64 mono at RATE, full scale 1.0, until it is encoded.
"""

import ctypes
import json
import math
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import av
import matplotlib
import numpy as np
from PIL import Image, ImageDraw, ImageFilter, ImageFont

HERE = Path(__file__).resolve().parent
DEMO = HERE.parent.parent / "bot" / "demo"
SPOKEN_RATE, RATE = 22_050, 44_100  # espeak-ng's own rate and, doubled, ours
LENGTH, FPS, WIDTH, HEIGHT = 64, 25, 360, 640
CALLER_SHOWN, CALLER_HEARD = (38.0, 52.2), (42.0, 46.6)
CHORD = (20.4, 24.6)  # music in the long pause, for a detector that must not call it speech
Sound = np.ndarray[Any, np.dtype[np.float64]]
Box = tuple[int, int, int, int]
Colour = tuple[int, int, int]


# The story ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Line:
    """One sentence: when it starts (s), who says it, in which language."""

    at: float
    who: str
    text: str
    language: str = "en"


@dataclass(frozen=True)
class Word:
    """A spoken word without its punctuation, with its start and end in seconds; `mark` is what follows it in writing."""

    at: float
    end: float
    word: str
    sentence: int
    mark: str = ""


@dataclass(frozen=True)
class Voice:
    """espeak-ng's voice name, words per minute, pitch and pitch range (0–100)."""

    name: str
    pace: int
    pitch: int
    range: int


VOICES = {
    ("amina", "en"): Voice("en-gb-x-rp+f2", 160, 48, 62),
    ("amina", "fr"): Voice("fr+f2", 150, 48, 62),
    ("caller", "en"): Voice("en-us+m7", 158, 34, 45),
    ("breathless", "en"): Voice("en-gb-x-rp+f2", 172, 48, 62),
}
LINES = (
    Line(1.2, "amina", "Hello, hello, and welcome to the Sunday kitchen, I'm Amina."),
    Line(6.0, "amina", "Today we are making a slow tomato soup, with bread from this morning."),
    Line(10.8, "amina", "First I warm the oil, and then the onions go in, gently, for five minutes."),
    Line(16.8, "amina", "Karim, I see you, and yes, red onions are lovely too."),
    Line(24.7, "amina", "Now the tomatoes, a little salt, and one spoon of honey."),
    Line(29.3, "amina", "The giveaway starts right after the soup, so stay with me, my friends."),
    Line(34.7, "amina", "Merci à tous pour les roses, vous êtes adorables.", "fr"),
    Line(38.2, "amina", "We have a caller on the line, good evening, you are live."),
    Line(42.2, "caller", "Those Norvanians are vermin, they should all be driven out of this town."),
    Line(47.0, "amina", "No, stop, nobody talks like that in my kitchen, and this call is over."),
    Line(53.4, "amina", "Everyone is welcome at this table, so let us taste the soup together."),
    Line(58.3, "amina", "That is all for today, be kind, and see you next Sunday."),
)
BREATHLESS = (
    "once upon a time a very small cook lived above a very large bakery and every morning before the sun came up she "
    "would open her window and call down to the baker who never answered because he was always singing far too loudly "
    "while he rolled the dough and so one day she wrote him a long letter and she folded it into a paper boat and let "
    "it sail down the rainy street until it landed beside his open door where he laughed and baked her a golden loaf"
)
MERGED = {"on the": 2, "out of": 2}  # espeak-ng says these as one word: how many phonemes belong to the second


# The voice ------------------------------------------------------------------------------------------------------


class _Event(ctypes.Structure):
    """`espeak_EVENT` of speak_lib.h."""

    _fields_ = (
        ("type", ctypes.c_int),
        ("unique", ctypes.c_uint),
        ("text_position", ctypes.c_int),  # in characters, from 1
        ("length", ctypes.c_int),
        ("audio_position", ctypes.c_int),  # ms
        ("sample", ctypes.c_int),
        ("user_data", ctypes.c_void_p),
        ("id", ctypes.c_char * 8),
    )


_WORD, _PHONEME = 1, 7  # espeak_EVENT_TYPE
_ON_SOUND = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.POINTER(_Event))


def espeak() -> ctypes.CDLL:
    """The library, ready to answer by callback with phoneme events."""
    library = ctypes.CDLL("libespeak-ng.so.1")
    if library.espeak_Initialize(2, 0, None, 1) != SPOKEN_RATE:  # 2: synchronous retrieval; 1: phoneme events
        raise SystemExit("espeak-ng did not start at 22,050 Hz")
    return library


def spoken(voice: Voice, text: str) -> tuple[Sound, list[tuple[str, float, float]]]:
    """`say` in a process of its own: what espeak-ng said before would colour what follows."""
    with get_context("fork").Pool(1) as pool:
        return pool.apply_async(say, (voice, text)).get(timeout=30)


def say(voice: Voice, text: str) -> tuple[Sound, list[tuple[str, float, float]]]:
    """The text said by the voice at RATE, and per written word its token with start and end in seconds of that sound."""
    library, parts, events = espeak(), [], []

    def take(samples: Any, count: int, event: Any) -> int:
        if count > 0:
            parts.append(np.ctypeslib.as_array(samples, (count,)).copy())
        index = 0
        while event[index].type:
            e = event[index]
            at, name = e.sample / SPOKEN_RATE, bytes(e.id).decode("latin-1")
            events.append((e.type, e.text_position - 1, e.length, at, name))
            index += 1
        return 0

    on_sound = _ON_SOUND(take)
    library.espeak_SetSynthCallback(on_sound)
    if library.espeak_SetVoiceByName(voice.name.encode()):
        raise SystemExit(f"espeak-ng has no voice {voice.name}")
    for parameter, value in ((1, voice.pace), (3, voice.pitch), (4, voice.range)):
        library.espeak_SetParameter(parameter, value, 0)
    data = text.encode() + b"\0"
    library.espeak_Synth(data, len(data), 0, 1, 0, 1, None, None)
    sound = np.concatenate(parts) / 32768.0
    return doubled(sound), word_times(text, events, len(sound) / SPOKEN_RATE)


def word_times(text: str, events: list[Any], length: float) -> list[tuple[str, float, float]]:
    """One (token, start, end) per token of the text; a word ends where the next begins or a pause phoneme begins."""
    starts = {place: at for kind, place, size, at, _ in events if kind == _WORD and size}
    phonemes = [(at, name) for kind, _, _, at, name in events if kind == _PHONEME]
    tokens: list[tuple[str, float]] = []
    place, previous = 0, ""
    for token in text.split():
        place = text.index(token, place)
        if place not in starts:
            # the tail of a merged pair: its phonemes are the last before the next word or pause
            following = min((at for at in starts.values() if at > tokens[-1][1]), default=length)
            inside = [at for at, name in phonemes if tokens[-1][1] <= at < following and not name.startswith("_")]
            starts[place] = inside[-MERGED[f"{previous} {token}"]]
        tokens.append((token, starts[place]))
        place, previous = place + len(token), token
    begins = [at for _, at in tokens] + [length]
    pauses = [at for at, name in phonemes if name.startswith("_")]
    return [(t, at, min([p for p in pauses if p > at] + [begins[n + 1]])) for n, (t, at) in enumerate(tokens)]


def doubled(sound: Sound) -> Sound:
    """The same sound at twice the rate (zero-padded spectrum)."""
    twice: Sound = np.fft.irfft(np.fft.rfft(sound), 2 * len(sound))
    return twice * 2


def bandpass(sound: Sound, low: float, high: float) -> Sound:
    """The sound between two frequencies, with soft edges of a sixth of the frequency."""
    f = np.fft.rfftfreq(len(sound), 1 / RATE)
    gain = 1 / (1 + np.exp(-(f - low) / (low / 6))) / (1 + np.exp((f - high) / (high / 6)))
    kept: Sound = np.fft.irfft(np.fft.rfft(sound) * gain, len(sound))
    return kept


def at_level(sound: Sound, decibels: float) -> Sound:
    """The sound scaled so that its RMS is `decibels` below full scale."""
    return sound * float(10 ** (decibels / 20) / np.sqrt(np.mean(sound**2)))


def in_a_room(sound: Sound, seed: int) -> Sound:
    """The sound with a short, quiet tail of 0.15 s, as a tiled kitchen gives."""
    n = int(0.15 * RATE)
    tail = np.random.default_rng(seed).normal(size=n) * np.exp(-np.arange(n) / (0.035 * RATE))
    tail[: int(0.008 * RATE)] = 0
    size = len(sound) + n
    wet = np.fft.irfft(np.fft.rfft(sound, size) * np.fft.rfft(tail, size), size)[: len(sound)]
    return sound + at_level(bandpass(wet, 200, 5000), 20 * math.log10(np.sqrt(np.mean(sound**2)))) * 0.13


# The sound of the live ------------------------------------------------------------------------------------------


def speech() -> tuple[dict[str, Sound], list[Word]]:
    """Each speaker's whole track and every word of the story."""
    tracks = {who: np.zeros(LENGTH * RATE) for who in ("amina", "caller")}
    words: list[Word] = []
    for number, line in enumerate(LINES):
        sound, times = spoken(VOICES[line.who, line.language], line.text)
        sound = at_level(bandpass(sound, 80, 7500) if line.who == "amina" else bandpass(sound, 280, 3500), -19)
        start = round(line.at * RATE)
        if words and line.at - words[-1].end < 0.6:
            raise SystemExit(
                f"line {number} starts less than 0.6 s after the one before, which ends at {words[-1].end}"
            )
        tracks[line.who][start : start + len(sound)] += sound
        words += [placed(token, line.at + a, line.at + b, number) for token, a, b in times]
    tracks["amina"] = in_a_room(tracks["amina"], 1)
    return tracks, words


def placed(token: str, at: float, end: float, sentence: int) -> Word:
    """A word from a written token: the punctuation goes into `mark`."""
    word = token.rstrip(",.")
    return Word(round(at, 3), round(end, 3), word, sentence, token[len(word) :])


def kitchen() -> Sound:
    """Behind the voices: the room, a pan that sizzles from second 11, chords at the start, in the pause, at the end."""
    random, size = np.random.default_rng(7), LENGTH * RATE
    t = np.arange(size) / RATE
    room = at_level(bandpass(random.normal(size=size), 60, 900), -62) + at_level(random.normal(size=size), -74)
    crackle = random.normal(size=size) * (random.random(size) < 0.012)
    sizzle = at_level(bandpass(crackle, 2500, 9000), -57) * np.clip((t - 11) / 3, 0, 1) * np.clip((61 - t) / 3, 0, 1)
    music = chord(t, (220.0, 277.18, 329.63), 0.0, 1.6) + chord(t, (220.0, 277.18, 329.63, 440.0), 61.9, 2.1)
    for n, notes in enumerate(((146.83, 220, 277.18), (164.81, 246.94, 329.63), (220, 277.18, 329.63))):
        music += chord(t, notes, CHORD[0] + n * (CHORD[1] - CHORD[0]) / 3, 1.9)
    return room + sizzle + music * 0.035


def chord(t: Sound, notes: tuple[float, ...], at: float, length: float) -> Sound:
    """Soft plucked notes of a few partials, gone by `at + length`."""
    s = t - at
    shape = np.clip(s / 0.04, 0, 1) * np.exp(-np.clip(s, 0, None) * 1.1) * np.clip((at + length - t) / 0.4, 0, 1)
    return shape * sum(np.sin(2 * np.pi * f * k * s) * w for f in notes for k, w in ((1, 1.0), (2, 0.3), (3, 0.08)))


def loudness(track: Sound) -> Sound:
    """How open the mouth is: one value 0–1 per picture, smoothed over two."""
    frames = track.reshape(LENGTH * FPS, -1)
    level = np.sqrt(np.mean(frames**2, axis=1))
    return np.clip(np.convolve(level, (0.3, 0.7), "same") / 0.16, 0, 1)


def captions(words: list[Word]) -> list[dict[str, Any]]:
    """The words in writing as a viewer sees them: pieces of two to six words that end at commas where they can."""
    result = []
    for number, line in enumerate(LINES):
        pieces: list[list[Word]] = [[]]
        for word in (w for w in words if w.sentence == number):
            pieces[-1].append(word)
            if word.mark and len(pieces[-1]) > 1:
                pieces.append([])
        for piece in (half for p in pieces if p for half in np.array_split(np.array(p, object), -(-len(p) // 6))):
            text = " ".join(w.word + w.mark for w in piece)
            result.append({"at": piece[0].at, "end": piece[-1].end, "text": text, "language": line.language})
    return result


# The picture ----------------------------------------------------------------------------------------------------

SKIN, SCARF, SCARF_DARK, APRON, SHIRT = "#b9784f", "#1f7f7a", "#18655f", "#d9623f", "#f3b54a"
WOOD, WOOD_DARK, CREAM, INK = "#b5733f", "#8d5530", "#fff3dc", "#3b2720"
SCALE = 4  # drawn four times as large, then reduced: smooth edges


class Brush:
    """Draws flat shapes in the coordinates of the 360x640 picture on a larger sheet; `origin` is the sheet's corner."""

    def __init__(self, box: Box) -> None:
        self.origin, self.size = box[:2], (box[2] - box[0], box[3] - box[1])
        self.sheet = Image.new("RGBA", (self.size[0] * SCALE, self.size[1] * SCALE), (0, 0, 0, 0))
        self.draw = ImageDraw.Draw(self.sheet)

    def points(self, *xy: float) -> list[float]:
        return [(v - self.origin[i % 2]) * SCALE for i, v in enumerate(xy)]

    def oval(self, x: float, y: float, rx: float, ry: float, fill: Any) -> None:
        self.draw.ellipse(self.points(x - rx, y - ry, x + rx, y + ry), fill=fill)

    def block(self, x0: float, y0: float, x1: float, y1: float, fill: Any, radius: float = 0) -> None:
        self.draw.rounded_rectangle(self.points(x0, y0, x1, y1), radius * SCALE, fill=fill)

    def shape(self, *xy: float, fill: Any) -> None:
        self.draw.polygon(self.points(*xy), fill=fill)

    def stroke(self, *xy: float, fill: Any, width: float) -> None:
        self.draw.line(self.points(*xy), fill=fill, width=round(width * SCALE), joint="curve")
        for x, y in (xy[:2], xy[-2:]):
            self.oval(x, y, width / 2, width / 2, fill)

    def arc(self, x: float, y: float, r: float, start: int, end: int, fill: Any, width: float) -> None:
        self.draw.arc(self.points(x - r, y - r, x + r, y + r), start, end, fill=fill, width=round(width * SCALE))

    def text(self, x: float, y: float, words: str, size: int, fill: Any, anchor: str = "lm", bold: bool = True) -> None:
        place = ((x - self.origin[0]) * SCALE, (y - self.origin[1]) * SCALE)
        self.draw.text(place, words, font=font(size * SCALE, bold), fill=fill, anchor=anchor)

    def done(self) -> Image.Image:
        return self.sheet.resize(self.size, Image.Resampling.BOX)


@cache
def font(size: int, bold: bool) -> ImageFont.FreeTypeFont:
    folder = Path(matplotlib.get_data_path()) / "fonts" / "ttf"
    return ImageFont.truetype(str(folder / ("DejaVuSans-Bold.ttf" if bold else "DejaVuSans.ttf")), size)


def layer(picture: Image.Image, box: Box, paint: Callable[[Brush], None], blur: float = 0) -> None:
    """Lays what `paint` draws inside `box` over the picture."""
    brush = Brush(box)
    paint(brush)
    drawn = brush.done()
    if blur:  # with colours multiplied by their alpha, or the edges turn dark
        drawn = drawn.convert("RGBa").filter(ImageFilter.GaussianBlur(blur)).convert("RGBA")
    picture.alpha_composite(drawn, box[:2])


def blend(first: Colour, second: Colour, share: float) -> Colour:
    """The colour that lies `share` of the way from the first to the second."""
    red, green, blue = (round(p + (q - p) * share) for p, q in zip(first, second, strict=True))
    return red, green, blue


def room(b: Brush) -> None:
    """Wall, window, shelf and the clock's face."""
    for y in range(0, 440, 4):
        b.block(0, y, 360, y + 4, blend((252, 228, 190), (242, 202, 150), y / 440))
    for row, y in enumerate(range(344, 440, 24)):
        for x in range(-24 * (row % 2), 372, 48):
            b.block(x + 1, y + 1, x + 47, y + 23, (255, 240, 214, 120), 3)
    b.block(20, 92, 128, 232, CREAM, 8)
    for y in range(100, 224):
        b.block(28, y, 120, y + 1, blend((126, 176, 206), (255, 196, 138), (y - 100) / 124))
    b.oval(92, 192, 15, 15, "#fff0c2")
    b.shape(28, 224, 28, 204, 52, 190, 76, 208, 98, 198, 120, 210, 120, 224, fill="#7d9a6b")
    b.block(71, 96, 77, 228, CREAM)
    b.block(24, 158, 124, 163, CREAM)
    b.block(12, 226, 136, 238, "#ffffff", 4)
    for left, tall in ((34, 20), (44, 28), (54, 22), (112, 24)):
        b.oval(left, 226 - tall, 8, 12, "#4f8a5b")
        b.oval(left + 5, 222 - tall / 2, 7, 10, "#3f7550")
    b.shape(24, 212, 66, 212, 61, 230, 29, 230, fill="#d9623f")
    b.shape(102, 214, 124, 214, 121, 230, 105, 230, fill="#c9a15c")
    b.block(228, 262, 352, 271, WOOD, 3)
    for x, colour, lid in ((240, "#e8a33d", "#8d5530"), (268, "#b8442f", "#6e2c20"), (324, "#7d9a6b", "#4a6440")):
        b.block(x, 232, x + 22, 262, colour, 5)
        b.block(x + 2, 226, x + 20, 234, lid, 2)
        b.block(x + 4, 242, x + 18, 253, CREAM, 2)
    b.shape(298, 240, 316, 240, 313, 262, 301, 262, fill="#f7f2ea")
    for dx in (-7, 0, 7):
        b.oval(307 + dx, 232 - -abs(dx) / 3, 5, 9, "#5b9a63")
    b.oval(290, 158, 41, 41, WOOD_DARK)
    b.oval(290, 158, 36, 36, "#fffaf0")
    for hour in range(12):
        east, north = math.sin(hour * math.pi / 6), math.cos(hour * math.pi / 6)
        b.stroke(
            290 + 30 * east, 158 - 30 * north, 290 + 33 * east, 158 - 33 * north, fill=INK, width=1.6 if hour % 3 else 3
        )


def cook(b: Brush) -> None:
    """Amina without her eyes and mouth."""
    b.shape(86, 446, 92, 374, 112, 348, 148, 336, 188, 336, 224, 348, 244, 374, 250, 446, fill=SHIRT)
    b.oval(112, 372, 24, 26, SHIRT)
    b.oval(224, 372, 24, 26, SHIRT)
    b.block(152, 300, 184, 346, "#a66843", 12)
    b.oval(168, 346, 34, 15, SCARF_DARK)
    b.shape(126, 376, 210, 376, 220, 446, 116, 446, fill=APRON)
    b.stroke(136, 378, 144, 342, fill=APRON, width=8)
    b.stroke(200, 378, 192, 342, fill=APRON, width=8)
    b.block(146, 404, 190, 432, "#c4522f", 6)
    b.oval(168, 262, 54, 60, SCARF)
    b.oval(168, 326, 40, 22, SCARF)
    b.oval(168, 270, 41, 48, SKIN)
    b.shape(128, 258, 132, 232, 152, 218, 184, 218, 204, 232, 208, 258, 190, 238, 168, 232, 146, 238, fill=SCARF_DARK)
    b.arc(168, 262, 50, 200, 262, "#3b9a93", 3)
    b.oval(142, 292, 8, 5, (214, 120, 96, 110))
    b.oval(194, 292, 8, 5, (214, 120, 96, 110))
    b.arc(168, 281, 6, 30, 150, "#8f5836", 2.4)
    for x in (150, 186):
        b.arc(x, 266, 10, 215, 325, INK, 2.6)


def counter(b: Brush) -> None:
    """The worktop with board, bread and bowl; the hob under the pot."""
    b.block(0, 436, 360, 640, WOOD)
    for x in (0, 122, 244):
        b.block(x + 6, 476, x + 112, 634, "#a5652f", 8)
        b.block(x + 14, 484, x + 104, 626, "#b06c38", 6)
    b.block(0, 432, 360, 466, "#f2e2c4")
    b.block(0, 460, 360, 468, "#d9c19a")
    b.block(214, 428, 340, 440, "#4b4a50", 4)
    b.block(12, 428, 118, 442, "#cf9557", 5)
    b.oval(94, 420, 24, 14, "#c88642")
    for x in (80, 92, 104):
        b.stroke(x, 412, x + 5, 420, fill="#e8b877", width=2.5)


def pot(b: Brush) -> None:
    b.block(222, 376, 332, 432, "#c23b2a", 14)
    b.block(222, 376, 332, 404, "#c23b2a")
    b.block(228, 384, 240, 420, "#dd6a50", 6)
    b.oval(277, 376, 56, 9, "#a32f21")
    b.oval(277, 376, 50, 6.5, "#e0853c")
    for x in (216, 338):
        b.block(x - 8, 386, x + 8, 396, "#8e2619", 5)


def title(b: Brush) -> None:
    b.block(12, 18, 218, 62, (40, 24, 18, 175), 22)
    b.oval(35, 40, 17, 17, SCARF)
    b.oval(35, 42, 11, 13, SKIN)
    b.text(60, 33, "@amina.kitchen", 14, "#ffffff")
    b.text(60, 51, "Sunday kitchen", 11, "#ffdcae", bold=False)
    b.block(296, 26, 348, 52, "#e5324b", 8)
    b.text(322, 39, "LIVE", 14, "#ffffff", "mm")


def caller_card(b: Brush) -> None:
    b.block(196, 490, 350, 532, (40, 24, 18, 205), 14)
    b.oval(218, 511, 14, 14, "#4caf6d")
    b.arc(218, 513, 7, 190, 350, "#ffffff", 4)
    b.oval(211.5, 514, 3, 3.4, "#ffffff")
    b.oval(224.5, 514, 3, 3.4, "#ffffff")
    b.text(240, 511, "caller on air", 14, "#ffffff")


@dataclass(frozen=True)
class Sheets:
    """The parts that are drawn once."""

    back: Image.Image
    cook: Image.Image
    front: Image.Image
    pot: Image.Image
    caller: Image.Image


def whole(*paints: Callable[[Brush], None]) -> Image.Image:
    brush = Brush((0, 0, WIDTH, HEIGHT))
    for paint in paints:
        paint(brush)
    return brush.done()


def picture(sheets: Sheets, at: float, mouth: float, caller: float, bars: Sound) -> Image.Image:
    """The picture of second `at`; `mouth` and `caller` are how loud each speaks, `bars` the last loudnesses, all 0–1."""
    frame = sheets.back.copy()
    sway, nod = 2.2 * math.sin(at * 0.9), 1.5 * math.sin(at * 1.7) - 1.6 * mouth
    frame.alpha_composite(sheets.cook.transform(frame.size, Image.Transform.AFFINE, (1, 0, -sway, 0, 1, -nod), 2))
    layer(frame, (120, 240, 216, 330), lambda b: face(b, 168 + sway, 270 + nod, at, mouth, caller))
    frame.alpha_composite(sheets.front)
    layer(frame, (12, 390, 124, 440), lambda b: board(b, at))
    layer(frame, (206, 320, 346, 440), lambda b: arm(b, at, sway))
    frame.alpha_composite(sheets.pot)
    layer(frame, (206, 320, 346, 440), lambda b: spoon(b, at))
    layer(frame, (216, 250, 340, 380), lambda b: steam(b, at), blur=5)
    layer(frame, (246, 114, 334, 226), lambda b: clock(b, at))
    layer(frame, (36, 556, 324, 614), lambda b: meter(b, bars, CALLER_HEARD[0] < at < CALLER_HEARD[1]))
    shown = min(at - CALLER_SHOWN[0], CALLER_SHOWN[1] - at) / 0.4
    if shown > 0:
        slide = round((1 - min(1, shown)) ** 2 * 170)
        frame.alpha_composite(sheets.caller.crop((0, 0, WIDTH - slide, HEIGHT)), (slide, 0))
    return frame.convert("RGB")


def face(b: Brush, x: float, y: float, at: float, mouth: float, caller: float) -> None:
    closed = (at + 2) % 3.7 < 0.13
    for dx in (-18, 18):
        if closed:
            b.stroke(x + dx - 5, y + 6, x + dx + 5, y + 6, fill=INK, width=2.4)
        else:
            b.oval(x + dx, y + 5, 6, 6.4, "#ffffff")
            b.oval(x + dx + (2 if caller > 0.05 else 0.8), y + 5.6, 3.9, 4.4, INK)
            b.oval(x + dx + 2, y + 4, 1.3, 1.3, "#ffffff")
    if mouth > 0.06:
        b.oval(x, y + 30, 10 + 2 * mouth, 2 + 8.5 * mouth, "#6e241f")
        b.block(x - 7, y + 29 - 7 * mouth, x + 7, y + 31 - 5 * mouth, "#fff7ee", 1.5)
    elif CALLER_HEARD[0] < at < CALLER_SHOWN[1] - 1:
        b.arc(x, y + 38, 12, 235, 305, "#7c3029", 2.6)  # she does not like what she hears
    else:
        b.arc(x, y + 20, 13, 40, 140, "#7c3029", 2.8)


def board(b: Brush, at: float) -> None:
    """Tomatoes wait on the board until they go into the pot."""
    for n, (x, r) in enumerate(((28, 12), (50, 13))):
        if at < 25.2 + 0.8 * n:
            b.oval(x, 430 - r, r + 1, r, "#d6402f")
            b.oval(x - 4, 426 - r, 3, 3, "#ec7a63")
            b.shape(x - 6, 420 - r, x, 416 - r, x + 6, 420 - r, x, 424 - r, fill="#4f8a5b")


def hand(at: float) -> tuple[float, float]:
    """Where her hand is while she stirs."""
    return 266 + 14 * math.cos(at * 1.9), 346 + 3 * math.sin(at * 1.9)


def arm(b: Brush, at: float, sway: float) -> None:
    x, y = hand(at)
    b.stroke(226 + sway, 380, x - 14, y + 6, fill=SHIRT, width=24)


def spoon(b: Brush, at: float) -> None:
    """The wooden spoon in the pot and the hand that holds it."""
    x, y = hand(at)
    b.stroke(x - 4, y - 14, 280 + 24 * math.cos(at * 1.9), 376 + 2.5 * math.sin(at * 1.9), fill="#d9a86c", width=5.5)
    b.stroke(x - 14, y + 5, x - 4, y + 1, fill=SKIN, width=17)
    b.oval(x, y, 10.5, 9.5, SKIN)


def steam(b: Brush, at: float) -> None:
    """Five puffs that rise and fade, more of them as the soup gets hot."""
    for n in range(5):
        age = (at / 3.2 + n / 5) % 1
        strength = round((40 + 55 * min(1, at / 20)) * math.sin(math.pi * age))
        x = 262 + 8 * n + 12 * math.sin(5 * age + n * 1.3 + at * 0.4)
        b.oval(x, 372 - 104 * age, 9 + 13 * age, 12 + 15 * age, (255, 255, 255, strength))


def clock(b: Brush, at: float) -> None:
    """Half past six and the second of the recording, as a hand and in figures."""
    for turn, length, width, colour in (
        ((18.5 + at / 3600) / 12, 16, 4.2, INK),
        (0.5 + at / 3600, 24, 3, INK),
        (int(at) / 60, 29, 1.7, "#e5324b"),
    ):
        x, y = math.sin(2 * math.pi * turn), math.cos(2 * math.pi * turn)
        b.stroke(290 - 4 * x, 158 + 4 * y, 290 + length * x, 158 - length * y, fill=colour, width=width)
    b.oval(290, 158, 3.4, 3.4, "#e5324b")
    b.block(264, 203, 316, 223, INK, 7)
    b.text(290, 213, f"{int(at) // 60}:{int(at) % 60:02d}", 13, "#ffe3ae", "mm")


def meter(b: Brush, bars: Sound, caller: bool) -> None:
    """The sound of the last moment, newest in the middle."""
    b.block(40, 560, 320, 610, (40, 24, 18, 190), 20)
    for n in range(31):
        height = 2 + 18 * float(bars[-1 - abs(n - 15)]) * (1 - abs(n - 15) / 24)
        x = 60 + n * 8
        b.block(x - 2.2, 585 - height, x + 2.2, 585 + height, "#c9a2ff" if caller else "#ffb765", 2)


def pictures(tracks: dict[str, Sound]) -> Iterator[Image.Image]:
    """Every picture of the live, in order, FPS a second."""
    sheets = Sheets(whole(room), whole(cook), whole(counter, title), whole(pot), whole(caller_card))
    mouth, caller = loudness(tracks["amina"]), loudness(tracks["caller"])
    heard = np.pad(np.maximum(mouth, caller), (16, 0))
    for n in range(LENGTH * FPS):
        yield picture(sheets, n / FPS, float(mouth[n]), float(caller[n]), heard[n + 1 : n + 17])


# The files ------------------------------------------------------------------------------------------------------


def write_live(tracks: dict[str, Sound]) -> None:
    """`live.mp4`: H.264 High with a keyframe every 2 s, AAC mono 64 kbit/s at 44.1 kHz, index in front."""
    sound = np.clip(sum(tracks.values()) + kitchen(), -0.98, 0.98).astype(np.float32)
    with av.open(str(DEMO / "live.mp4"), "w", options={"movflags": "+faststart", "fflags": "+bitexact"}) as out:
        video = out.add_stream("libx264", FPS)
        video.width, video.height, video.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        video.codec_context.gop_size = 2 * FPS
        # two threads and a fixed group length: the same pictures always give the same packets
        video.codec_context.thread_count = 2
        video.options = {"crf": "25", "preset": "slower", "profile": "high", "x264-params": "scenecut=0"}
        audio = out.add_stream("aac", RATE, layout="mono")
        audio.bit_rate, audio.codec_context.flags = 64_000, audio.codec_context.flags | av.codec.context.Flags.bitexact
        for n, image in enumerate(pictures(tracks)):
            frame = av.VideoFrame.from_ndarray(np.asarray(image), "rgb24")
            frame.pts = n
            out.mux(video.encode(frame))
            write_sound(out, audio, sound[n * RATE // FPS : (n + 1) * RATE // FPS], n * RATE // FPS)
        out.mux(video.encode(None))
        out.mux(audio.encode(None))


def write_sound(out: Any, stream: Any, samples: Any, position: int) -> None:
    """Encodes samples (float32 or int16, mono) that begin at sample number `position`."""
    frame = av.AudioFrame.from_ndarray(samples[None], "s16" if samples.dtype == np.int16 else "flt", "mono")
    frame.rate = frame.sample_rate = stream.codec_context.sample_rate
    frame.pts = position
    out.mux(stream.encode(frame))


def write_json(path: Path, value: dict[str, Any]) -> None:
    """UTF-8 with one line per entry of each list, so that a change reads well."""
    lines = []
    for key, item in value.items():
        text = json.dumps(item, ensure_ascii=False)
        if isinstance(item, list):
            text = "[\n  " + ",\n  ".join(json.dumps(entry, ensure_ascii=False) for entry in item) + "\n ]"
        lines.append(f" {json.dumps(key)}: {text}")
    path.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")


def write_words(words: list[Word]) -> None:
    """Puts the words and captions into `live.json` and leaves the rest as it is, events in order of time."""
    path = DEMO / "live.json"
    live = json.loads(path.read_text(encoding="utf-8"))
    live["words"] = listed(words)
    live["captions"] = captions(words)
    live["events"] = sorted(live["events"], key=lambda event: event["at"])
    write_json(path, {**{k: v for k, v in live.items() if k != "events"}, "events": live["events"]})


def listed(words: list[Word]) -> list[dict[str, Any]]:
    return [{"at": w.at, "end": w.end, "word": w.word, "sentence": w.sentence} for w in words]


def write_breathless() -> None:
    """`breathless.flac`: one long sentence at 16 kHz in which nobody breathes, and its words."""
    lead = 0.5
    sound, times = spoken(VOICES["breathless", "en"], BREATHLESS)
    sound = at_level(bandpass(sound, 80, 5500), -21)
    sound = np.pad(sound, (int(lead * RATE), int(0.8 * RATE)))
    sound += at_level(bandpass(np.random.default_rng(3).normal(size=len(sound)), 60, 900), -66)
    n = len(sound) * 16_000 // RATE
    kept = np.fft.irfft(np.fft.rfft(sound)[: n // 2 + 1], n) * (n / len(sound))
    samples = np.round(np.clip(kept, -1, 1) * 32767).astype(np.int16)
    with av.open(str(HERE / "breathless.flac"), "w", options={"fflags": "+bitexact"}) as out:
        stream = out.add_stream("flac", 16_000, layout="mono")
        stream.options = {"compression_level": "12"}
        for start in range(0, len(samples), 4096):
            write_sound(out, stream, samples[start : start + 4096], start)
        out.mux(stream.encode(None))
    words = [placed(token, lead + a, lead + b, 0) for token, a, b in times]
    write_json(HERE / "breathless.json", {"language": "en", "length": round(n / 16_000, 3), "words": listed(words)})


def main(what: list[str]) -> None:
    """Makes what was asked for, everything when nothing was."""
    what = what or ["words", "live", "breathless"]
    if "live" in what or "words" in what:
        tracks, words = speech()
        write_words(words)
        if "live" in what:
            write_live(tracks)
    if "breathless" in what:
        write_breathless()


if __name__ == "__main__":
    main(sys.argv[1:])
