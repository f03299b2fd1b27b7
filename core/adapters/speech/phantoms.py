"""Words nobody said: what a speech model writes when it hears music, noise or breath, learnt from the subtitles it was made of."""

import re
from collections import deque

ROW, REPEATED = 40, 2
"""A doubtful text that came twice among the last 40 answers is not believed the third time: lives take turns at one engine, so
what one of them repeats need not come in a row. Where a server gives no figures to doubt by, it must."""

WEAK_LOGPROB, SOME_SILENCE, SURE_LOGPROB = -0.7, 0.3, -0.5
"""Half way to Whisper's own thresholds (groq.py): not enough to drop anything else. Above the third, words were well heard."""

PHRASES = re.compile(
    r"""
    (?:thanks|thank\ you)(?:\ so\ much|\ very\ much)?(?:\ for\ (?:watching|listening|viewing)(?:\ this\ video)?)?
    | (?:please\ )?(?:like\ and\ )?subscribe(?:\ to\ (?:my|our|the)\ channel)?
    | see\ you\ (?:in\ the\ )?next\ (?:time|video)
    | (?:subtitles|captions|transcribed|translated)\ by\b.*
    | merci\ (?:d\ avoir\ regardé|d\ avoir\ écouté)(?:\ cette\ vidéo)?
    | (?:abonnez\ vous|n\ oubliez\ pas\ de\ vous\ abonner)\b.*
    | sous\ titr(?:es|age)\b.*
    | gracias\ por\ ver\b.* | subtítulos\b.* | untertitel\b.* | vielen\ dank\ fürs\ zuschauen | obrigad[oa]\ por\ assistir
    | sottotitoli\b.* | grazie\ per\ (?:la\ visione|aver\ guardato)\b.* | amara\ org
    """,
    re.VERBOSE,
)
"""Whole answers of that kind, folded by `bare`. They count only beside figures that doubt them: people do say such things."""


class Phantoms:
    """What one engine has answered lately."""

    def __init__(self) -> None:
        self._lately: deque[str] = deque(maxlen=ROW)

    def haunt(self, text: str, logprob: float | None, no_speech: float | None) -> bool:
        """Whether nobody said `text`, the whole answer about a piece of speech. `logprob` is the mean of its tokens, `no_speech`
        how sure the model is that nobody speaks; None where it does not say.

        It takes a doubt and one thing more: a phrase of subtitles, or a text that comes again and again. Words that were heard well
        are always believed, however often they are said.
        """
        said = bare(text)
        if not said:
            return False
        if logprob is None and no_speech is None:
            again = list(self._lately)[-REPEATED:] == [said] * REPEATED
        else:
            again = self._lately.count(said) >= REPEATED
        self._lately.append(said)
        doubted = (logprob is not None and logprob < WEAK_LOGPROB) or (no_speech or 0.0) > SOME_SILENCE
        sure = logprob is not None and logprob >= SURE_LOGPROB and not doubted
        return (again and not sure) or (doubted and PHRASES.fullmatch(said) is not None)


def bare(text: str) -> str:
    """`text` in small letters, without punctuation: what stays the same when a model says the same thing twice."""
    return " ".join(re.findall(r"\w+", text.casefold()))
