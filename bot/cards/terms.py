"""What readers call the fixed terms of the model: its wire values are French or code words, people read neither.

Each table gives the English source text; the French words are its translation.
"""

from collections.abc import Mapping
from enum import StrEnum

from bot.wording import Words
from core.matching.rules import LONGEST
from core.model.risk import Category, Label, Target, Verdict, Virality

CATEGORIES: Mapping[str, str] = {
    Category.NEUTRAL: "neutral",
    Category.CONTROVERSIAL: "controversial",
    Category.VIRAL: "may go viral",
    Category.HATEFUL: "hate speech",
}
SPREADS: Mapping[str, str] = {Virality.LOW: "low", Virality.MEDIUM: "medium", Virality.HIGH: "high"}
TARGETS: Mapping[str, str] = {
    Target.ETHNICITY: "ethnic group",
    Target.RELIGION: "religion",
    Target.INDIVIDUAL: "one person",
    Target.GROUP: "social group",
    Target.OTHER: "others",
    Target.NONE: "nobody",
}
LABELS: Mapping[str, str] = {
    Label.S: "sexual",
    Label.H: "hate",
    Label.V: "violence",
    Label.HR: "harassment",
    Label.SH: "self-harm",
    Label.S3: "sexual about minors",
    Label.H2: "threats",
    Label.V2: "graphic violence",
}
SCORE: Mapping[str, str] = {
    "base": "base",
    f"virality {Virality.LOW}": "spread low",
    f"virality {Virality.MEDIUM}": "spread medium",
    f"virality {Virality.HIGH}": "spread high",
    "hate": "hate",
}
WAITS: Mapping[str, str] = {
    "SIGN_LIMIT": "the service that opens TikTok's chats has no more requests for us for now",
    "SIGN_DOWN": "the service that opens TikTok's chats does not answer",
    "SIGN_KEY": "the service that opens TikTok's chats refuses the key; the owner can check SIGN_API_KEY",
}
"""Why a chat waits."""
WHATS: Mapping[str, str] = {
    "transcript": "A transcript",
    "chat": "A chat",
    "events": "A list of events",
    "report": "A report",
}
REGIONS: Mapping[str, str] = {
    "default": "everywhere",
    "france": "France",
    "latin-america": "Latin America, in Spanish",
    "maghreb": "Maghreb",
    "west-africa-fr": "West Africa, in French",
}
"""The regions whose expressions models are told of, by the names of their prompt packs."""
ENGINES: Mapping[str, str] = {
    "rules": "simple rules",
    "words": "the words of this place",
    "none": "no engine",
    "captions": "TikTok's captions",
    "groq": "Groq",
    "assemblyai": "AssemblyAI",
    "whisper": "Whisper on this machine",
}
LACKS: dict[str, str] = {
    text: text
    for text in (
        "GROQ_API_KEY is not set",
        "GROQ_API_KEY holds signs that no key has",
        "ASSEMBLYAI_API_KEY is not set",
        "ASSEMBLYAI_API_KEY holds signs that no key has",
        "it is not part of this version",
        "no weights",
        "broken weights",
        "no such model",
        "the model is not there, see GROQ_SCREEN_MODEL",
        "the model is not there, see GROQ_VISION_MODEL",
        "the model is not there, see GROQ_JUDGE_MODEL",
    )
}
"""What an engine says it cannot work without."""
CHECKS: Mapping[str, str] = LACKS | {
    text: text
    for text in (
        "ready",
        "https://console.groq.com/keys makes one: put it into GROQ_API_KEY",
        "the key works, and the model is there",
        "the model is not there",
        "Correct GROQ_STT_MODEL; whisper-large-v3-turbo is one",
        "the key works, and the model is there; what it costs is not known, so it is not counted",
        "Correct GROQ_SCREEN_MODEL; openai/gpt-oss-20b is one",
        "Correct GROQ_VISION_MODEL; qwen/qwen3.8-27b is one",
        "Correct GROQ_JUDGE_MODEL; openai/gpt-oss-120b is one",
        "If it judges nothing either, correct GROQ_BASE_URL and GROQ_PATH_PREFIX (/v1 for most local servers)",
        "the key is refused",
        "Copy it anew from https://console.groq.com/keys into GROQ_API_KEY",
        "it answers, but says nothing of its models",
        "If it hears nothing either, correct GROQ_BASE_URL and GROQ_PATH_PREFIX (/v1 for most local servers)",
        "it does not answer as it should",
        "See whether GROQ_BASE_URL and the network are right; else wait",
        "the key works; the quota is used up for now",
        "the key works",
        "assemblyai.com, API keys, makes one: put it into ASSEMBLYAI_API_KEY",
        "Copy it anew from assemblyai.com into ASSEMBLYAI_API_KEY",
        "See whether ASSEMBLYAI_BASE_URL and the network are right; else wait",
        "It opens again by itself; a paid plan has more",
    )
}
"""What the engines say of themselves when they are asked, and what to do: their own sentences."""
PASSED: Mapping[str, str] = {
    "QUOTA": "{x}'s quota was used up",
    "ENGINE_KEY": "{x} refused its key",
    "ENGINE_REFUSED": "{x} could not read it",
    "ENGINE_SLOW": "{x} took too long",
    "": "{x} did not answer",
}
"""Why an engine was passed over, by the code of what it said."""
FAULTS: Mapping[str, str] = {
    text: text
    for text in (
        "it is missing",
        "it is no JSON",
        "it was cut short",
        "it was cut short or changed",
        "it is no Whisper model",
        "it is no model of CTranslate2, or one of a newer version",
    )
}
"""What may be wrong with a file of weights."""
FINDINGS: Mapping[str, str] = {
    text: text
    for text in (
        "dehumanising words",
        "degrading words",
        "call to drive people out",
        "call to kill people",
        "threat to a person",
        "telling someone to die",
        "words of self-harm",
        "insult to a person",
        "sexual words",
        "graphic violence",
        "words that ask to be shared or promise a scandal",
        "said of a game, a film or a joke",
        "denied or opposed in the same sentence",
        "reported as what others say",
    )
}
"""What the embedded rules saw in what was said, and why it counts for less."""
VERDICTS: Mapping[str, str] = {
    Verdict.CONFIRMED: "confirmed",
    Verdict.DISMISSED: "dismissed",
    Verdict.MUTED: "muted",
}
NAMES: Mapping[str, str] = {"That video": "That video", "That live": "That live", "That account": "That account"}
"""What is no longer there, when nobody knows what it is called."""

ROLES: Mapping[str, str] = {"moderator": "moderators", "manager": "managers", "owner": "owners"}
REASONS: Mapping[str, str] = {
    text: text
    for text in (
        "it is empty",
        "it has no character that can be seen",
        "it has no letter that could be disguised",
        "it is longer than {n} characters",
        "it is nothing but commas",
        "a * needs letters beside it, as in giv*",
        "half a character",
        "it matches every message",
        "it matches no character",
        "it repeats too much",
        "this ( is never closed",
        "this ) was never opened",
        "nothing follows this \\",
        "missing ]",
        "bad repetition operator",
        "no argument for repetition operator",
        "invalid repetition size",
        "invalid character class range",
        "invalid escape sequence",
        "invalid named capture group",
        "invalid perl operator",
    )
}
"""Why a trigger's word or pattern cannot be looked for: core.matching's own sentences, and those of RE2."""


def term(table: Mapping[str, str], value: str | StrEnum, words: Words) -> str:
    """What readers call `value`; the value itself when the table does not know it."""
    return words.term(table[value]) if value in table else str(value)


def lacks(text: str, words: Words) -> str:
    """What an engine lacks in the reader's language; what is to be typed stays as it is."""
    what, colon, typed = text.partition(": ")
    return term(LACKS, what, words) + colon + typed


def fault(text: str, words: Words) -> str:
    """What is wrong with which file, in the reader's language."""
    file, colon, why = text.partition(": ")
    return file + colon + term(FAULTS, why, words)


def reason(text: str, words: Words) -> str:
    """A reason in the reader's language; one that nobody has translated stays as it is."""
    for known in (f"it is longer than {LONGEST} characters", f"at most {LONGEST} characters"):
        if text == known:
            return words.say("it is longer than {n} characters", n=LONGEST)
    return term(REASONS, text, words)


RIGHTS = frozenset(
    {
        "View Channel",
        "Send Messages",
        "Send Messages in Threads",
        "Embed Links",
        "Attach Files",
        "Create Public Threads",
        "Read Message History",
        "Post Messages",
        "Send Photos",
        "Send Videos",
        "Send Files",
    }
)
"""Rights by the names the platforms show; in other languages they show others."""
