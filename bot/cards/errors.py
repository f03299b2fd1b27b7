"""What errors say. The first sentence says what happened, the next what to do; every code of core and kernel is here."""

from datetime import datetime, timedelta
from typing import Any

from bot.card import Button, Card, Press, Tone
from bot.cards.drawing import draw
from bot.cards.naming import channel, rights
from bot.cards.terms import ENGINES, NAMES, ROLES, VERDICTS, WHATS, lacks, reason, term
from bot.command import key
from bot.replies.common import Failed
from bot.wording import Words
from core.model.account import Handle
from core.model.person import Platform

TEXTS = {
    "HANDLE_FORM": "**I cannot read “{x}” as a TikTok name.** Type it as `@name`, or paste a link to the profile.",
    "NOT_FOUND": "**I do not know {x}.** Pick one from the list while typing, or leave it out: then I ask.",
    "SHORT_LINK": "**That short link does not say whose profile it is.** Type it as `@name`, or open it and paste the long link.",
    "HANDLE": "**@{x} does not exist on TikTok.** Check the spelling, or paste a link to the profile.",
    "HANDLE_NEAR": "**@{x} does not exist on TikTok.** Check the spelling. Close names you already follow: {list}.",
    "GONE": "**{name} is no longer on TikTok, or the link is wrong.** Check it in a browser.",
    "ALREADY": "**@{x} is already followed here**, in {channel} since {since}. `/account edit` changes how.",
    "OPTED_OUT": "**The owner of @{x} does not want it watched.** Nobody can follow it here; choose another account.",
    "AGE": "**TikTok shows this only to signed-in adults.** I do not watch such lives; for videos the "
    "owner can add `YTDLP_COOKIES_FILE`.",
    "TIKTOK_DOWN": "**TikTok did not answer.** Nothing is lost: I ask again by myself. Try once more in a minute.",
    "TIKTOK_LIMIT": "**TikTok is limiting me.** Lives already open go on; new ones may show up late. `/status` says until when.",
    "NO_POST": "**I cannot post in {channel}.** Missing: {missing}. Open the channel's settings › Permissions, add me, tick these.",
    "NO_POST_CHAT": "**I cannot post in {channel}.** Missing: {missing}. Make me an administrator with these rights; in a group "
    "it will do to allow them to all members.",
    "CHANNEL": "**I do not know the channel “{x}”.** Pick one from the list, or type its name as in `#lives`.",
    "ROLE": "**I cannot call “{x}”.** Pick a role, or `none`; everybody at once is never called.",
    "LIST_FORM": "**I cannot read that list; it breaks at line {n}.** Names with commas will do, or a file of `/account export`.",
    "LIST_LONG": "**That list is longer than {m} characters.** Bring it in pieces.",
    "LIST_FILE": "**I cannot read {x} ({reason}).** Check the path, or type the names with commas between.",
    "TOO_MANY": "**That list has {n} names; a place may follow {m}.** Shorten it, or ask the owner to raise `MAX_ACCOUNTS`.",
    "LIMIT": "**You follow {n} of {m}.** Unfollow one with `/unfollow`, or ask the owner to raise `MAX_ACCOUNTS`.",
    "TRIGGER_LIMIT": "**This place has {m} triggers, the most it can have.** Remove one with `/trigger remove`.",
    "PATTERN_LIMIT": "**This place has {m} patterns, the most it can have.** Remove one with `/trigger remove`, or write the "
    "new one as a word: `*` stands for the rest of it.",
    "TRIGGER_THERE": "**I listen for “{x}” already**: trigger #{n}. `/trigger edit` changes what it does.",
    "TRIGGER_MANY": "**There are several triggers “{x}” here: {list}.** Name the one you mean by its number.",
    "REVIEWERS_ONLY": "**Only named reviewers may look at this and decide it.** A manager names them with `/settings`, "
    "who may do what.",
    "TRANSCRIPT_HELD": "**{x} is held for a person.** It stays yours alone until somebody who may review has found it fine.",
    "CLIP_HELD": "**{x} is kept away for now.** It can be written down or made longer once somebody who may review "
    "has found it fine.",
    "NO_RIGHT": "**This is for {role} of {place}.** Ask one of them, or a manager of the place.",
    "NO_RIGHT_MANAGER": "**This is for {role} of {place}.** Ask one of them.",
    "NO_RIGHT_OWNER": "**This is for {role} of this Earshot.** Ask one of them.",
    "SETUP_FIRST": "**{place} is not set up yet.** `/setup` takes a minute; nothing is looked at, recorded or posted here before.",
    "SETUP_ASK": "**{place} is not set up yet.** Nothing is looked at, recorded or posted here before one of its managers "
    "types `/setup`.",
    "NOTICES_ONLY": "**{place} wants notices only: nothing is recorded for it.** A manager changes that in `/settings`, purpose.",
    "SLOW_DOWN": "**That was {n} requests in a minute; the limit is {m}.** Try again in {left}.",
    "ROUTE": "**I do not know “{x}” as a place for posts.** Say `here`, `off` or `default`, or pick a channel.",
    "NOT_OF_ACCOUNT": "**“{x}” is not told of single accounts.** Choose where it goes for all of them.",
    "PERSON": "**I do not know who “{x}” is.** Type their number, which `/help` shows to everybody; on Discord pick them.",
    "PERSON_REPLY": "**I do not know who “{x}” is.** In a group, reply to a message of theirs with `/settings allow`; or type "
    "their number, which `/help` shows to everybody.",
    "PERSON_BOT": "**{x} is a bot, and only people decide alerts.** Reply to something a person wrote.",
    "PERSON_HIDDEN": "**That was written in the name of {x}, so I cannot tell by whom.** Reply to something they wrote as "
    "themselves, or type their number, which `/help` shows to everybody.",
    "REVIEWERS": "**{m} reviewers are named, the most there can be.** Take one away first.",
    "ZONE": "**I do not know the time zone “{x}”.** For example `Europe/Paris`, or the name of a large city in it.",
    "ZONE_NEAR": "**I do not know the time zone “{x}”.** Perhaps: {list}.",
    "NO_CHAT": "**No chat is connected where Earshot runs.** A token makes one: `DISCORD_TOKEN` or `TELEGRAM_TOKEN`.",
    "NOT_RUNNING": "**Earshot is not running on this data folder.** Start it with `earshot run`: it registers what has changed by "
    "itself.",
    "NO_ANSWER": "**Earshot runs, but has not taken this up within {left}.** Nothing was done. `/admin health` says how it is; ask "
    "again then.",
    "NO_TIKTOK": "**TikTok is not asked in a demo.** `earshot run` asks it.",
    "NOT_LIVE": "**@{x} is not live.** I watch it and will post when it starts.",
    "NOT_LIVE_SEEN": "**@{x} is not live** (looked {n} s ago). I watch it and will post when it starts.",
    "NOT_LIVE_NOW": "**@{x} is not live.** `/follow @{x}` has me watch for its next live.",
    "NOT_WATCHED": "**No live of @{x} is watched here now.** `/lives now` shows those that are; `/watch start` adds one.",
    "LIVE_OVER": "**That live of @{x} has ended, so nothing was done.** `/lives now` shows those that run.",
    "FORMAT": "**{what} cannot be a {format}.** It can be: {list}.",
    "PDF": "**The PDF could not be printed.** The same as .txt or .md needs no printing; try the PDF again later.",
    "POINT": "**I cannot read “{x}” as a moment of a live.** Write it as in `12:30` or `1:02:30`.",
    "UNTIL": "**I cannot read “{x}” as a time to come.** For example `2 h`, `22:30`, `2026-11-20 22:30`.",
    "WORDS_NONE": "**There is no word in “{x}”.** Search for letters, digits or an emoji.",
    "WORDS_MANY": "**That is too much to search for at once.** Up to {n} words and {m} characters will do; rare words find most.",
    "SEARCH_OLD": "**That search is older than a day.** Type it again with `/search`.",
    "PATTERN": "**That pattern has a mistake at character {n}: {reason}.** For plain words choose match: whole word.",
    "WORD": "**That word cannot be matched: {reason}.** Use letters or digits; `*` stands for the rest of a word.",
    "NOT_OF_LIVE": "**Only my posts about a live can be sent to review.** Use it on a hit, or on a live's transcript.",
    "NOTHING_FAILED": "**Nothing of yours waits to be tried again.** `/feed mine` shows what there is.",
    "NOTHING_WAITING": "**No alert is waiting.** `/lives list` shows what there was.",
    "DECIDED": "**{name} already {verdict} this ({when}).** You can undo it.",
    "ALERT_CHANGED": "**Alert #{n} has changed since you were shown it, so nothing was decided.** Read it as it is now, please, "
    "and decide then.",
    "SET_ASIDE": "**What alert #{n} quotes was taken back, deleted or replaced.** Nothing is left to decide about it; "
    "`/review next` shows what waits.",
    "REOPENED": "**Somebody has reopened this.** `/review next` shows it as it stands.",
    "UNDO_LATE": "**{name} {verdict} this more than 10 min ago.** A manager can still reopen it: `/review decide {n} reopen`.",
    "TWO_PEOPLE": "**Two different people have to agree on this one.** You have said so already: somebody else has to press it "
    "now.",
    "TWO_ANYWAY": "**Two people have to agree on this one anyway.** Confirm or dismiss it: somebody else has to say the same.",
    "ONE_PERSON": "**Nobody else decides here: this place is yours alone.** Set it in a server or a group.",
    "PROPOSAL_LATE": "**{name} proposed this more than 10 min ago.** {name} or a manager can still take it back: "
    "`/review decide {n} reopen`. Or say what you would decide.",
    "SECOND_ASKED": "**{name} has asked for a second person already.** Confirm or dismiss it: two have to agree.",
    "HEAR_GONE": "**The sound of that moment is not kept any more.** Context shows what was said; `/clip save` keeps it next "
    "time, while it is fresh.",
    "NO_CONTEXT": "**Alert #{n} is not of a live.** Its words are all there is.",
    "NO_EVIDENCE": "**No evidence of alert #{n} is kept.** `/review evidence {n} keep` freezes what there is.",
    "EVIDENCE_GONE": "**The file with the evidence of alert #{n} is gone.** Whoever runs Earshot can look in a backup.",
    "NAMED_ONLY": "**Alert #{n} is about minors: only people named in this place see more of it.** A manager can name you in "
    "`/settings section:who may do what`.",
    "NEAR_MINORS": "**Something said or shown around alert #{n} may be about minors: only people named in this place hear it, "
    "and alone.** A manager can name you in `/settings section:who may do what`.",
    "ALONE": "**Everybody here would read that.** Ask for it where you alone read the answer: on Discord, or in `earshot console`.",
    "STALE": "**This button is from an older version.** Type the command again; `/help` lists them.",
    "CLIP_GONE": "**That part of the live is not kept any more.** `/clip save` keeps the last seconds of a running live.",
    "CLIP_FILE": "**The file of** `{x}` **is not there any more.** `/clip delete` takes its entry away.",
    "CLIP_PAGE": "**There is no clip here.** The address is wrong, older than a week, or its clip was deleted. Where you found it, "
    "a moderator can open the clip again with `/clip list`.",
    "CLIP_NONE": "**There is no clip {x} here any more.** Clips go {n} days after they were saved, or when somebody deletes them; "
    "`/clip list` shows those that are here.",
    "KEPT": "**I cannot read “{x}” as how long something is kept.** For example `30 days`, or `off` for no end.",
    "KEPT_LONG": "**Between 1 and {m} days can be kept.** Transcripts and chats take `off` too, for no end; clips that "
    "somebody chose to keep stay longer.",
    "DISK_LOW": "**Only {x} are free; clips stop below {y}.** Delete some with `/clip list`; the owner can give me more room.",
    "CLIP_EARLY": "**Nothing of that live has come in yet.** Try again in a few seconds.",
    "CLIP_LONGEST": "**A clip has {n} s at most.** `/clip save` saves what comes next.",
    "DISK": "**The disk is full.** Nothing was changed. Free some space; old clips are the largest files.",
    "DATA_READONLY": "**I cannot write to {x}.** Nothing was changed. Give the user who runs Earshot the right to write there.",
    "STORE_BUSY": "**The database is busy.** Nothing was changed. Try again in a moment.",
    "STORE_BROKEN": "**The database {x} cannot be read.** Restore a backup from its folder `backups`.",
    "STORE_NEWER": "**The database {x} was made by a newer version of Earshot.** Update Earshot, or restore an older backup.",
    "CHOICE": "**“{x}” is not one of the choices.** It can be: {list}.",
    "NUMBER": "**“{x}” is not a number from {least} to {most}.** Type it in digits.",
    "SHARE": "**“{x}” is neither yes, no, nor a number from 0 to 1.** For example `0.7`: from that score on you are told.",
    "DURATION": "**I cannot read “{x}” as a length of time.** For example `30 s`, `5 min`, `2 h`, `1 day`.",
    "DURATION_LONG": "**“{x}” is too long.** At most 365 days; for example `30 min`, `2 h`, `1 day`.",
    "DATE": "**I cannot read “{x}” as a date.** For example `2 h`, `yesterday`, `2026-11-20`.",
    "LANGUAGE_CODE": "**“{x}” is no language code.** Two letters such as `en` or `fr`, or `auto`.",
    "EMPTY": "**There is nothing in it.** Type at least one character.",
    "OPTION": "**“{command}” has no option “{x}”.** It has: {list}.",
    "NO_OPTIONS": "**“{command}” takes nothing after it, but I read “{x}”.** Leave it out.",
    "OPTION_VALUE": "**{x} needs a value:** {hint}.",
    "FAMILY": "**“{x}” needs one more word.** It can be: {list}.",
    "COMMAND": "**I do not know “{x}”.** `help` lists what I can do.",
    "TOGETHER": "**That is too long to ask for the rest.** Give everything at once with `/{command}`.",
    "QUOTES": "**A quotation mark is not closed.** Close it, or leave it out.",
    "FILE_CLOSED": "**I cannot write {x} here ({reason}).** Change to a folder you may write to, and ask again.",
    "OAUTH_OFF": "**Sign-in with TikTok is not set up here.** Links still work with `/transcribe`.",
    "OAUTH_LACKS": "**Sign-in with TikTok is not set up here.** You can: set {list}, then start me anew.",
    "OAUTH_STATE": "**That sign-in link is used up or older than 10 min.** `/tiktok connect` gives a new one.",
    "OAUTH_DENIED": "**You said no, and nothing was linked.** `/tiktok connect` asks again whenever you like.",
    "OAUTH_SETUP": "**TikTok refuses this bot's own key.** Nothing was lost; the owner has to check `TIKTOK_CLIENT_KEY`, "
    "`TIKTOK_CLIENT_SECRET` and `TIKTOK_REDIRECT_URI`.",
    "NOT_CONNECTED": "**You have not linked a TikTok account.** `/tiktok connect` gives you the link to do it.",
    "LINK_SEALED": "**I cannot open what your link is sealed with.** `/tiktok connect` makes a new one; the owner may have "
    "dropped a key of `SECRET_KEYS`.",
    "LINK_SCOPE": "**You did not allow me to see that.** `/tiktok connect` asks again: leave the boxes ticked.",
    "OWN_PRIVATE": "**TikTok shows me public videos only (its number {n}).** Make the video public, or wait until TikTok has "
    "approved this bot.",
    "PICKS": "**I cannot read “{x}” as a video of yours.** Type numbers of the list, such as `1 3 5`, or TikTok's own.",
    "PICK_MANY": "**Those are {n} videos; {m} go at once.** Pick the others afterwards.",
    "OPTOUT_PROOF": "**Nothing shows yet that @{x} is yours.** A changed profile text may take a minute; press the button "
    "again then.",
    "LINK": "**I cannot read that link.** Paste a TikTok video link, e.g. "
    "`https://www.tiktok.com/@name/video/123…` or a short `vm.tiktok.com` link.",
    "NO_ACCOUNT": "**I find no TikTok account in that message.** It needs a link to a profile, a video or a live; or use "
    "`/follow @name`.",
    "NOT_TIKTOK": "**That is not a TikTok link.** I work with TikTok only; paste the link of a video there.",
    "NOT_VIDEO": "**That post is a photo series.** There is nothing to listen to; paste the link of a video.",
    "LIVE_LINK": "**That is the link of a live, not of a video.** Follow it with `/follow @{x}`, and its lives are written down.",
    "PRIVATE": "**That video is private or for friends only.** I can read public videos; ask its owner to make it public.",
    "NOTHING": "**There is nothing there.** Check the name in a browser.",
    "TOO_LONG": "**That video is {m} min; the limit here is {n} min.** Cut it, and hand me the part you need.",
    "CLOCK": "**I cannot read {x} as a time of day.** Write it as in `9:00` or `21:30`.",
    "TOO_BIG": "**The file is {a} MB; I take {b} MB here.** Make it smaller, or hand me its sound only.",
    "HOURS": "**I cannot read “{x}” as hours.** Write them as in `22:00-08:00`, or `off`.",
    "HOURS_SAME": "**“{x}” is the whole day.** Write two different hours, as in `22:00-08:00`.",
    "RISK_SOUNDS": "**A risk alert always has a sound.** `/settings risk` says from which score you are told.",
    "PARTNER_CODE": "**That code does not open anything.** It is used up, older than 10 min, or has a slip of the pen: let a "
    "manager there make a new one.",
    "PARTNER_SELF": "**That code is from this place.** Enter it in the other one.",
    "PARTNER_ELSEWHERE": "**This place is linked with others already.** Unlink it in `/settings linked places`, then enter the "
    "code again.",
    "PARTNERS": "**At most {m} places decide together.** Unlink one of them first.",
    "LINE_LONG": "**That line has {n} characters; {m} is the most.** Shorten it.",
    "PLACEHOLDER": "**I do not know {x}.** A line may hold {list}.",
    "NO_SPEECH": "**I heard no speech in it.** Music or noise only. Another engine may hear more.",
    "NO_TRACK": "**TikTok has no captions for that video.** Another engine can listen to its sound.",
    "ENGINE": "**No speech-to-text engine is set up.** Videos with captions work all the same; for others the "
    "owner can add `GROQ_API_KEY`, or choose the local engine with `/admin engine`.",
    "ENGINE_ASKED": "**{engine} cannot hear anything here.** Name another engine, or none: then I take one that can.",
    "ENGINE_UNSET": "**{engine} cannot hear anything yet: {lacks}.** Nothing was changed. Set it, then start me anew.",
    "MODEL": "**I do not know the model “{x}”.** There are: {list}; a folder in `DATA_DIR/models` goes by its own name.",
    "WEIGHTS_GONE": "**{host} does not have these weights.** Check `HF_ENDPOINT`, or put a folder with them into `models`.",
    "WEIGHTS_DOWN": "**{host} does not answer as it should.** What has come stays; try again, or name a mirror with `HF_ENDPOINT`.",
    "WEIGHTS_BUSY": "**{host} takes no more requests for now.** What has come stays; try again in a few minutes.",
    "WEIGHTS_ROOM": "**There is no room for {x}: it needs {need} MB, and {free} MB are free.** Make some, or take a smaller one.",
    "WEIGHTS_TWICE": "**{x} is being fetched already.** Wait for that, or stop it.",
    "ENGINE_KEY": "**{engine} refused its key.** The owner can correct it; videos with captions work all the same.",
    "ENGINE_SPEAKERS": "**No engine here tells speakers apart.** Ask again without `speakers`; or the owner adds "
    "`ASSEMBLYAI_API_KEY`, whose engine does.",
    "ENGINE_REFUSED": "**{engine} could not read it: {said}.** Another engine may, or name the language that is spoken.",
    "ENGINE_SLOW": "**{engine} has not finished within {n} min.** Nothing is lost: asked again, I look whether it has, and hand "
    "nothing over twice.",
    "ENGINE_DOWN": "**{engine} did not answer, though I asked several times.** Nothing is kept of it. Try again in a few minutes.",
    "ENGINE_ADDRESS": "**{engine} does not answer at its address.** The owner can correct `{setting}`; videos with captions work "
    "all the same.",
    "ENGINE_MODEL": "**{engine} does not have the model {model}.** The owner can correct `{setting}`; what needs no model goes on.",
    "TOO_BIG_JUDGE": "**{engine} does not take that much text at once.** Hand it less.",
    "TOO_BIG_SPEECH": "**{engine} does not take that much sound at once.** Another engine may, or cut it and hand me a part.",
    "ENGINE_SILENT": "**The engine did not answer.** Nothing is kept of it. Try again in a few minutes.",
    "ENGINE_NAME": "**That one is there already.** Name another engine for it: {list}.",
    "QUOTA": "**{engine} says the account has used its quota.** Nothing is lost; try again in an hour.",
    "BUDGET": "**This place has used up its {n} minutes of speech for today.** More open {until}; videos with captions work all "
    "the same. The owner can raise `PLACE_MINUTES`.",
    "BUSY": "**{n} videos wait here already.** Ask again when one of them is done.",
    "TOO_SLOW": "**It took longer than {n} min, so I stopped.** Nothing of it is kept. Try again when there is less to do.",
    "JOB_LATE": "**It took longer than {n} min, so I stopped.** Nothing of it is kept. Try again when there is less to do.",
    "JOB_DEADLY": "**I went down {n} times over this, so I leave it alone.** Nothing of it is kept. Try another one; the owner "
    "finds why in the log.",
    "COOKIES": "**The cookie file {x} cannot be read ({reason}).** The owner can correct `YTDLP_COOKIES_FILE`.",
    "FILE_MISSING": "**I cannot read {x} ({reason}).** Check the path, or paste a link.",
    "FILE_GONE": "**The file “{x}” is not here any more.** Hand it to me again.",
    "LABEL_STAYS": "**That label cannot be switched off.** It may count from another number on, at most `0.95`.",
    "LABEL_LIMIT": "**{x} is nothing a label can count from.** Choose from {least} to {most}, or `no` to switch it off.",
    "REGION": "**I do not know the region “{x}”.** There are: {list}.",
    "RULE_THERE": "**I look for “{x}” already.** `/settings risk` lists the words of this place.",
    "RULE_LIMIT": "**This place has as many of these rules as it can have: {m}.** Remove one in `/settings risk`.",
    "COMMENT_LONG": "**A comment has at most {m} characters.** Shorten it, or write two.",
    "COMMENTS_FULL": "**There are {m} comments on it, the most there can be.** Moderators may delete some.",
    "COMMENT_STAYS": "**A moderator has decided that this comment stays away.** You may withdraw it and write another one.",
    "TITLES_HELD": "**{m} titles of yours had to be looked at within a day, the most there can be.** Choose another one, or try "
    "this one again from {when}.",
    "TITLE_STAYS": "**A moderator has decided that this title stays away.** Choose another one.",
    "NOT_YOURS": "**Only who asked for it can change this.** Moderators may delete it.",
    "SOURCE_MISSING": "**{x} is not there any more.** Hand it to me again.",
    "SOURCE_UNREADABLE": "**I cannot read {x} ({reason}).** Hand me a video or a sound file.",
    "SOURCE_NO_MEDIA": "**{x} holds no sound that I can read.** Hand me a video or a sound file.",
    "OBS_UNSET": "**No OBS is set up here.** Clips come from Earshot's own buffer; the owner can set `OBS_URL`.",
    "OBS_OFF": "**OBS is not answering at {x}.** Start OBS; then Tools › WebSocket Server Settings › Enable.",
    "OBS_PASSWORD": "**OBS refused the password.** Copy it from Tools › WebSocket Server Settings › Show Connect Info into "
    "`OBS_PASSWORD`, and start me anew.",
    "OBS_BUFFER": "**The replay buffer is off in OBS.** Turn it on; or in OBS: Settings › Output › Replay Buffer › Enable.",
    "BUG": "**Something went wrong on my side. Nothing was changed.** Ticket `{ticket}`: the owner finds it in the log.",
}


PRESSED = {"SETUP_FIRST": ("Set up", "setup"), "OBS_BUFFER": ("Turn it on", "obs.buffer:on")}
"""Errors that one press mends: the button's label and key."""

AGAIN = {"NO_POST": "Check again", "OBS_OFF": "Try again", "OBS_PASSWORD": "Try again"}
"""Errors after which the same may be asked again once somebody has done their part: the button's label."""

BYTES = {"DISK_LOW": ("x", "y")}
"""Values that are bytes, by the error and the names of their placeholders."""

TABLES = {"name": NAMES, "engine": ENGINES, "role": ROLES, "verdict": VERDICTS, "what": WHATS}
"""Values that are terms, by the name of their placeholder."""


@draw.register
def failed(meaning: Failed, words: Words) -> Card:
    """An error as text with its next step."""
    code = _code(meaning)
    template = TEXTS.get(code, TEXTS["BUG"])
    values = {
        "ticket": meaning.code,
        **{name: _value(name, value, code, words) for name, value in meaning.values.items()},
    }
    buttons: tuple[tuple[Button, ...], ...] = ()
    if code == "DECIDED":
        undo = key("review.decide", meaning.values["alert"], "reopen", **{"as": meaning.values["stands"]})
        buttons = ((Button(words.say("Undo"), undo),),)
    if code == "ALERT_CHANGED":
        shows = key("review.show", meaning.values["n"])
        buttons = ((Button(words.say("The alert"), shows, Press.MAIN),),)
    if code in ("NOT_LIVE", "NOT_LIVE_SEEN") and isinstance(meaning.values.get("x"), Handle):
        buttons = ((Button(words.say("Look again"), key("account.check", meaning.values["x"])),),)
    if code == "ALREADY" and isinstance(meaning.values.get("x"), Handle):
        buttons = ((Button(words.say("Change"), key("account.edit", meaning.values["x"])),),)
    if code == "TRIGGER_THERE":
        buttons = ((Button(words.say("Change"), key("trigger.edit", meaning.values["n"])),),)
    if code == "ZONE_NEAR":
        near = [name for name in str(meaning.values["list"]).split(", ") if fits("settings.zone", name)]
        buttons = (tuple(Button(name, key("settings.zone", name)) for name in near),)
    if meaning.code in AGAIN and meaning.key:
        buttons = ((Button(words.term(AGAIN[meaning.code]), meaning.key, Press.MAIN),),)
    if code in PRESSED:
        label, pressed = PRESSED[code]
        buttons = ((Button(words.term(label), pressed, Press.MAIN),),)
    return Card(words.line(template, **values), buttons=buttons, tone=Tone.WARN, private=True)


def fits(verb: str, value: str) -> bool:
    """Whether a value can stand in a key."""
    try:
        return bool(value) and bool(key(verb, value))
    except ValueError:
        return False


def _code(meaning: Failed) -> str:
    """The text: some codes have two."""
    if meaning.code == "DECIDED" and not meaning.values["name"]:
        return "REOPENED"
    if meaning.code == "NO_POST" and str(meaning.values["channel"]).startswith(Platform.TELEGRAM):
        return "NO_POST_CHAT"
    if meaning.code == "NO_RIGHT":
        return {"manager": "NO_RIGHT_MANAGER", "owner": "NO_RIGHT_OWNER"}.get(str(meaning.values["role"]), meaning.code)
    return meaning.code


def _value(name: str, value: Any, code: str, words: Words) -> object:
    if name == "channel":
        return channel(str(value), words)
    if name == "missing":
        return rights(str(value).split(", "), words)
    if isinstance(value, datetime):
        return f"{words.day(value)} {words.time(value)}"
    if isinstance(value, timedelta):
        return words.length(value)
    if name in BYTES.get(code, ()) and isinstance(value, int):
        return words.size(value)
    if name == "reason":
        return reason(str(value), words)
    if name == "engine":
        return term(ENGINES, str(value), words)
    if name == "lacks":
        return lacks(str(value), words)
    if name == "hint":
        return words.term(str(value))
    return term(TABLES[name], str(value), words) if name in TABLES else value
