"""What `earshot doctor` says: of each part what was found, and behind the first full stop what to do."""

import re
from collections.abc import Mapping

from bot.cards.admin import PARTS, valued
from bot.health import Part
from bot.wording import Words

SECTIONS: Mapping[str, str] = {
    "settings": "Settings",
    "data": "Data",
    "chats": "Chats",
    "discord": "Discord",
    "telegram": "Telegram",
    "speech": "Speech",
    "judging": "Judging",
    "media": "Media",
    "tiktok": "TikTok",
    "obs": "OBS",
}
FOUND: Mapping[str, str] = {
    "SETTINGS_READ": "Settings with a value of your own: {n}.",
    "SETTING_WRONG": "{setting}: {reason}. Correct it in .env or in the environment.",
    "SETTING_NOTE": "{note}",
    "NO_OWNER": "Nobody is named as owner. Put your id behind OWNERS; `/help` in a private chat shows it.",
    "DATA": "{path} can be written to.",
    "DATA_NEW": "{path} is not there yet. Starting Earshot makes it; so does `earshot doctor --fix`.",
    "DATA_MAKE": "{path} cannot be made. Set DATA_DIR to a folder you may write to.",
    "DATA_NO_FOLDER": "{path} is a file, not a folder. Set DATA_DIR to a folder.",
    "DATA_READONLY": "{path} cannot be written to. Give this user the right to, or set DATA_DIR to another folder.",
    "DATA_OPEN": "Others on this machine may look into {path} (mode {mode}). `earshot doctor --fix` closes it.",
    "PARTIALS": "Files that were left half done: {n}, {free}. `earshot doctor --fix` removes them.",
    "TABLES": "The database is of this version.",
    "TABLES_NEW": "There is no database yet. Starting Earshot makes it.",
    "TABLES_OLD": "The database is of an older version. The next start brings it up to date, after a copy.",
    "STORE_NEWER": "The database was made by a newer version of Earshot. Update Earshot, or restore an older backup.",
    "STORE_BROKEN": "The database {path} cannot be read. Restore a backup from the folder “backups” beside it.",
    "STORE_URL": "DATABASE_URL is no address I can use. Leave it empty, or write sqlite:///path/to/file.db.",
    "STUCK": "The program that runs here has said nothing for {seconds} s. Stop it and start it again.",
    "MADE": "{path} is made.",
    "SHUT": "{path} is for this user only now.",
    "REMOVED": "Files that were left half done are removed: {n}.",
    "NOT_MENDED": "It could not be mended: {reason}. See whose folder it is.",
    "TOKEN_WELL": "The token works: {name}.",
    "TOKEN_REFUSED": "The token is refused. Copy it anew from where the bot was made, into {setting}.",
    "CHAT_SILENT": "{who} does not answer. See whether this machine reaches it; {setting} leads another way.",
    "SERVERS": "Servers it is in: {n}.",
    "NO_SERVERS": "It is in no server yet. Invite it with the scopes `bot` and `applications.commands`.",
    "RIGHTS": "Every channel that posts go to lets them in.",
    "RIGHTS_MISSING": "Missing in {channel}: {rights}. Open the channel's settings › Permissions, add the bot, tick these.",
    "POLLING": "Updates are asked for; no webhook is set.",
    "WEBHOOK": "Updates come to {url}.",
    "WEBHOOK_SET": "Updates go to {url}, though TELEGRAM_MODE is polling. Starting Earshot takes that away; another program that "
    "needs it wants a token of its own.",
    "WEBHOOK_ELSEWHERE": "Updates go elsewhere ({url}). Starting Earshot changes that; if it runs, another program uses the token.",
    "WEBHOOK_FAILS": "Telegram's last call failed: {said}. See whether {url} can be reached from outside.",
    "PRIVACY_OFF": "Its privacy mode is off, so that it hears more than it needs. @BotFather turns it on: `/setprivacy`.",
    "ENGINE_WELL": "{engine}: {finding}.",
    "ENGINE_CURE": "{engine}: {finding}. {cure}",
    "SPEECH_NONE": "SPEECH is none, so nothing becomes text. With auto the first engine that is ready hears.",
    "SPEECH_NOT_READY": "SPEECH names {engine}, which is not ready. Mend it, or set SPEECH to auto.",
    "JUDGES_NONE": "No model judges what is said; simple rules do. Set GROQ_API_KEY, and models look as well.",
    "PACKS": "Prompt packs: {list}.",
    "HEADS": "What the judge inside has learned can be read.",
    "HEAD_BROKEN": "{path}: {reason}. What was learned there does not count. Remove that folder; what a place has taught is "
    "learned anew in the night.",
    "PACK_BROKEN": "{path} is no prompt pack ({reason}). Correct it or take it away; the others work.",
    "PYAV": "PyAV {version} (FFmpeg {ffmpeg}).",
    "PYAV_MISSING": "PyAV cannot be loaded. Install Earshot again.",
    "TIKTOK_ANSWERS": "It answers in {seconds} s.",
    "TIKTOK_LIMITS": "TikTok takes this address for a machine at present. Wait, or lead another way with TIKTOK_PROXY.",
    "TIKTOK_SILENT": "TikTok does not answer. See whether this machine reaches www.tiktok.com; TIKTOK_PROXY leads another way.",
    "SIGN_KEY": "The service that opens TikTok's chats refuses the key. Correct SIGN_API_KEY, or leave it empty: it works without.",
    "SIGN_SILENT": "The service that opens TikTok's chats does not say how many it would open. Lives are heard all the same.",
    "OBS_NONE": "No OBS is set up; clips come from Earshot's own buffer.",
    "OBS_NAMED": "OBS is named at {x}; it is not asked now.",
    "TOO_SLOW": "It took longer than {seconds} s. See whether the network is slow, and try again.",
    "FAILED": "It could not be looked at ({reason}). Try again.",
}
"""What only the doctor finds; the rest is in PARTS."""

WHOLE = {"trouble", "note"}
"""Values that are a finding with its cure themselves."""


def told(part: Part, words: Words) -> tuple[str, str]:
    """What was found, and what to do: plain text without marks."""
    template = words.term(FOUND[part.code] if part.code in FOUND else PARTS[part.code])
    plain = template.replace("**", "").replace("`", "")
    finding, _, cure = plain.partition(". ")
    values = {name: valued(name, value, words) for name, value in part.values.items()}
    for name in WHOLE & values.keys():
        values[name], _, cure = values[name].partition(". ")
    return _filled(finding, values).removesuffix("."), _filled(cure, values)


def _filled(text: str, values: Mapping[str, str]) -> str:
    return re.sub(r"\{(\w+)\}", lambda name: " ".join(str(values.get(name[1], name[0])).split()), text)
