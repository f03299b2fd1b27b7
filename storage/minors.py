"""What may be sexual and about minors: which pieces of speech and which lines of chat a place is shown no words of. Everything of
it that SQL must know is here.

Nothing is stored for it: a piece is withheld while what is known of it says so. Judges are looked up by when they say it was said,
never by a row of the transcript, so that words which come late or are written down anew are withheld as well. Of chat they judge a
text, however often it is written: all lines of the live that say the same are withheld with it. People of a place have the last
word in it: what they found to be about minors is withheld whatever judges say, and what they found not to be, is not. Where that is
a post of several lines that somebody sent to review, it is the line of its second, and each that it quotes.

Words may go by their age while alerts, hits, clips and evidence stay that have them. When each piece was said is asked here, so it
stays known of those that may matter (`LASTING`), and nothing else of them: what is withheld never comes back by growing old.
"""

from functools import lru_cache

from core.matching.quoting import Quotes
from core.model.risk import MINORS, PERSON, SENT, Kind, Label, Verdict
from core.model.trigger import Where

LONGEST = 60.0
"""Seconds: no piece of speech is longer, so what reaches into a stretch begins at most so long before it."""

NEAR = 0.001
"""Seconds: the second of a line that was posted is rounded."""

PART = "part"
"""The `item` of an assessment that says of one piece of speech what stands for several."""

WRITTEN = -1.0
"""The `start` of an assessment of a line of chat that a judge or a person ever took for that: a line is no piece of speech, and by
this the index finds the few there are of a live."""

AGED = "aged"
"""The `engine` of a segment whose words are gone. Its `words` are the numbers, as texts, of the assessments of posts that were sent
to review, might have quoted it and did not: nobody could tell any more."""

OF_ONE_TEXT = "of_one_text"
"""The SQL function that says whether a quote is of a text. It is asked of what may be about minors only."""


def of_one_text(quote: str, text: str) -> bool:
    """That function; a connection has to know it."""
    return text in _texts_of(quote)


@lru_cache(maxsize=256)
def _texts_of(quote: str) -> Quotes:
    return Quotes.of((quote,))


def withheld(place: str) -> str:
    """The condition that words of the segment `line` are kept back from `place`, an expression: look-ups in an index for each piece
    of speech, and more only of what is about minors."""
    return f"""
(
  exists (
    select 1 from assessment as said
    where said.live_id = line.live_id and said.start = line.start and {_counts("said", place)}
  ) or exists (
    select 1 from assessment as said
    where said.live_id = line.live_id and said.second >= line.start and said.second < line."end"
      and said.start is not line.start and {_counts("said", place)}
  ) or exists (
    select 1 from alert as mine cross join assessment as said on said.id = mine.assessment_id
    where mine.place = {place} and mine.live_id = line.live_id
      and mine.labels is not null and {called_so("mine.labels")} and mine.verdict != '{Verdict.DISMISSED}'
      and said.kind = '{Kind.SPEECH}'
      and (said.start = line.start or (said.second >= line.start and said.second < line."end") or {_sent("said")})
  )
)"""  # noqa: S608 (words of ours)


def _sent(row: str) -> str:
    """That a person quotes `line` who sent a post of several lines to review. It has them as they were written down, with a space
    between two: by whole words, for a line of one short word stands within most texts. One whose words are gone is taken for quoted
    by what was sent only afterwards."""
    return f"""
    ({_around(row)} and case when line.engine = '{AGED}'
      then instr(line.words, '"' || {row}.id || '"') = 0
      else trim(line.text) != '' and instr(' ' || {row}.quote || ' ', ' ' || trim(line.text) || ' ') > 0 end)"""


def _around(row: str) -> str:
    """That a person sent to review what may be a post of several lines, of which `line` may be one."""
    return f"line.start between {row}.second - {NEAR} and {row}.second + {SENT} and {row}.engine = '{PERSON}'"


def _counts(row: str, place: str) -> str:
    """That a judge's word stands, takes it for being about minors, and nobody in `place` found that it is not so."""
    return f"""
    ({row}.stands or {row}.item = '{PART}') and {row}.kind = '{Kind.SPEECH}' and {_judged(row)}
    and not {_freed(row, place, f"(same.start = {row}.start or same.second = {row}.second)")}"""


def _freed(row: str, place: str, alike: str) -> str:
    """That somebody in `place` found of what is `alike`, and was judged the same, that it is not so."""
    return f"""exists (
      select 1 from alert as other cross join assessment as same on same.id = other.assessment_id
      where other.place = {place} and other.live_id = {row}.live_id and same.kind = {row}.kind
        and (other.verdict = '{Verdict.DISMISSED}' or (other.labels is not null and not {called_so("other.labels")}))
        and {_judged("same")} and {alike}
    )"""  # noqa: S608 (words of ours)


def _near(row: str) -> str:
    """The same as an index looks it up, roughly."""
    return f"{row}.second between line.start - {SENT + 1} and line.start + 1"


def _lasts(row: str) -> str:
    """That a judge takes it for being about minors, or people may say so of an alert that quotes it."""
    told = f"exists (select 1 from alert where alert.assessment_id = {row}.id)"  # noqa: S608 (words of ours)
    return f"{row}.kind = '{Kind.SPEECH}' and ({_judged(row)} or {told})"


def withheld_lines(place: str, live: str) -> str:
    """The quotes of what was written in `live` and is kept back from `place`, both expressions: where nothing is, one look-up in an
    index."""
    return f"""
select said.quote from assessment as said
where said.live_id = {live} and said.start = {WRITTEN} and (
  (said.stands and {_judged("said")} and not {_freed("said", place, f"{OF_ONE_TEXT}(same.quote, said.quote)")})
  or exists (
    select 1 from alert as mine where mine.assessment_id = said.id and mine.place = {place}
      and mine.labels is not null and {called_so("mine.labels")} and mine.verdict != '{Verdict.DISMISSED}'
  )
)
"""  # noqa: S608 (words of ours)


def among(lines: str, text: str) -> str:
    """The condition that a text is of one of the quotes that `withheld_lines` finds."""
    return f"exists (select 1 from ({lines}) as kept where {OF_ONE_TEXT}(kept.quote, {text}))"  # noqa: S608 (words of ours)


def _judged(row: str) -> str:
    """That a judge takes it for being about minors."""
    return f"json_extract({row}.labels, '$.{Label.S3}') >= {MINORS}"


def called_so(labels: str) -> str:
    """That it is among the labels people gave: an alert's `labels` as stored."""
    return f"instr({labels}, '\"{Label.S3}\"') > 0"


QUOTED = f"""
(assessment.kind = '{Kind.CHAT}' and {among(withheld_lines("alert.place", "alert.live_id"), "assessment.quote")})
or (assessment.kind = '{Kind.SPEECH}' and exists (
  select 1 from segment as line where line.live_id = alert.live_id
    and line.start between assessment.second - {LONGEST}
      and assessment.second + (case when assessment.engine = '{PERSON}' then {SENT} else 0 end)
    and (line."end" > assessment.second or line.start = assessment.second)
    and (line.start <= assessment.second + {NEAR} or {_sent("assessment")})
    and {withheld("alert.place")}
)) or (assessment.kind = '{Kind.VIDEO}' and exists (
  select 1 from screening as looked where looked.place = alert.place and looked.restricted
    and looked.matter = substr(assessment.item, 1, instr(assessment.item, ':') - 1)
    and looked.item = cast(substr(assessment.item, instr(assessment.item, ':') + 1) as integer)
))"""  # noqa: S608 (words of ours)
"""The condition that what an alert quotes is withheld from its place: what was said in its second, and what else a person quotes
who sent a post of several lines to review; lines of chat that say the same; of a clip or video, that it may show minors by now."""

SUSPECTED = f"""
({_judged("assessment")} or (alert.labels is not null and {called_so("alert.labels")} and alert.verdict != '{Verdict.DISMISSED}')
or {QUOTED})"""
"""The condition that an alert is `suspected`."""

LAST_SENT = f"""
select max(line.start) from alert join assessment on assessment.id = alert.assessment_id
join segment as line on line.live_id = alert.live_id
where alert.id = :alert and assessment.kind = '{Kind.SPEECH}' and {_sent("assessment")}
"""  # noqa: S608 (words of ours)
"""Where the last line begins that a person quotes in an alert, in seconds; null of what nobody sent."""

LASTING = f"""
select line.start, line."end", said.id
from segment as line left join assessment as said on said.live_id = line.live_id and said.kind = '{Kind.SPEECH}'
  and {_near("said")} and {_around("said")} and not coalesce({_sent("said")}, false)
where line.live_id = :live and line.id between :first and :last and line.engine != '{AGED}' and (
  exists (
    select 1 from assessment as told where told.live_id = line.live_id and told.start = line.start and {_lasts("told")}
  ) or exists (
    select 1 from assessment as told
    where told.live_id = line.live_id and told.second >= line.start and told.second < line."end" and {_lasts("told")}
  ) or exists (
    select 1 from assessment as told
    where told.live_id = line.live_id and {_near("told")} and {_sent("told")} and {_lasts("told")}
  ) or exists (
    select 1 from hit where hit.live_id = line.live_id and hit.source = '{Where.SPEECH}'
      and hit.second >= line.start and hit.second < line."end"
  )
)
"""  # noqa: S608 (words of ours)
"""Of the segments with such ids in a live (start, end, null) of each that is withheld from somebody, or may come to be: a judge
takes it for that, or an alert or a hit that stays is of it, and people may say so yet. There is a row for each assessment of a post
that was sent to review and might have quoted it, but did not, with its number in place of null."""
