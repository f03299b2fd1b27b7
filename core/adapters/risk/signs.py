"""Signs that no speech has: marks of machines' talk, writing nobody sees, words written so as not to be read."""

import re
import unicodedata

LONGEST = 6_000
"""Characters that are looked at."""

_ROLES = r"system|assistant|user|developer|human|système|systeme|sistema|asistente|usuario|النظام|المساعد|المستخدم"
_TAGS = r"segments?|data|instructions?|transcript|context|policy|verdict|results?|prompt|output|answer|inst|sys|s"
_TERMS = r"discours_haineux|appel_violence|groupe_social|risque_score|lang_hint|region_note|max_completion_tokens|response_format"
_MACHINE = re.compile(
    rf"""
      \{{\s*\\?["'“”«]?\s*\w{{1,30}}\s*\\?["'“”»]?\s*[:=]      # {{"i": …
    | [\[,]\s*\\?["“”]\w{{1,30}}\\?["“”]\s*:                   # , "categorie": …
    | \[\s*\{{ | \}}\s*\] | \}}\s*,\s*\{{
    | </?\s*(?:{_ROLES}|{_TAGS}|im_start|im_end|think)\b[^<>]{{0,80}}/?>
    | </?[a-z][\w-]{{2,40}}(?:\s[^<>]{{0,60}})?/?>
    | <\|[^|<>]{{0,40}}\|>  | <<\s*/?\s*SYS\s*>> | \[/?\s*(?:INST|SYS|SYSTEM|ASSISTANT|USER)\s*\]
    | ```  | ~~~\w | ^\s*\#{{2,}}\s*\w | \#\#\#\s*\w
    | (?:^|[\n.!?…"'»”>\]}}|]|--|—)\s*(?:{_ROLES})\s*(?:\([^()]{{0,30}}\)\s*)?[:>]
    | \b(?:developer|system|operator|admin|développeur|système|sistema)\s+(?:message|note|notice|prompt|mensaje)\s*:
    | \b(?:message|note|mensaje|nota)\s+(?:du\s+|del\s+)?(?:système|développeur|sistema|desarrollador)\s*:
    | \b(?:{_TERMS})\b
    | \b(?:categorie|viralite|cible|confiance|injection|extrait|justification|category|virality|nonce|hateful|score)\b\s*["'”]?\s*
      (?::=|=+>?|:\s*["“'\d\[{{]|:\s*(?:true|false|null|neutre|neutral|faible|aucune?)\b)
    """,
    re.I | re.X | re.M,
)
_HIDING = re.compile("[\u202a-\u202e\u2066-\u2069]")
_TAG = re.compile("(?<![\U0001f3f4\U000e0020-\U000e007f])[\U000e0020-\U000e007e]")
_BETWEEN = re.compile("[^\\W\\d_][\u200b\u2060\ufeff\u180e][^\\W\\d_]")
_PACKED = re.compile(
    r"(?<![\w/.+-])(?=[A-Za-z0-9+/]*[a-z])(?=[A-Za-z0-9+/]*[A-Z])(?=[A-Za-z0-9+/]*\d)[A-Za-z0-9+/]{36,}={0,2}(?![\w/.-])"
)
_ESCAPED = re.compile(r"(?:\\u[0-9a-fA-F]{4}|\\x[0-9a-fA-F]{2}|%[0-9a-fA-F]{2}|&#x?[0-9a-fA-F]{2,6};){6,}")
_SPELLED = re.compile(r"(?:(?<!\w)\w(?:[ .\-_*|/]{1,2})){14,}\w(?!\w)")
_CYRILLIC = re.compile(r"\b(?=\w*[a-z])(?=\w*[а-яѕіјһԁ])\w{4,}", re.I)
_MANY, _SAME = 300, 20
"""Words, and how many times fewer different ones: nobody says that, it fills a judge's mind."""

_LEET = str.maketrans("013457@$", "oieastas")
_WORD = re.compile(r"\S+")
_ALIKE = str.maketrans("авекмнорстухѕіјһԁɡαεικνορτυχ", "abekmhopctyxsijhdgaeikvoptux")
_TEXTUAL = re.compile("[\u200b-\u200f\u2060\ufeff\u00ad\u202a-\u202e\u2066-\u2069]")
_LETTERS = re.compile(r"(?<!\w)\w(?:[ .\-_*]\w){3,}(?!\w)")


def strange(text: str) -> bool:
    """Whether a text looks like made for a machine: JSON, tags, roles, fences, packed or hidden writing, endless repeats."""
    text = text[:LONGEST]
    found = any(
        sign.search(text) for sign in (_MACHINE, _HIDING, _TAG, _BETWEEN, _PACKED, _ESCAPED, _SPELLED, _CYRILLIC)
    )
    return found or _drones(text)


def _drones(text: str) -> bool:
    words = text.split()
    return len(words) >= _MANY and len(set(words)) * _SAME <= len(words)


def plainly(text: str) -> str:
    """The text as somebody reads it: full-width and look-alike letters, digits within words and letters spelled one by one as the
    words they stand for. The same text when there are none."""
    shown = unicodedata.normalize("NFKC", _TEXTUAL.sub("", text[:LONGEST])).translate(_ALIKE)
    shown = _WORD.sub(lambda word: _undisguised(word[0]), shown)
    return _LETTERS.sub(lambda spelled: re.sub(r"[ .\-_*]", "", spelled[0]), shown)


def _undisguised(word: str) -> str:
    """A word of letters with digits among them, as the word it stands for; a number stays one."""
    return word.translate(_LEET) if any(sign.isalpha() for sign in word) else word
