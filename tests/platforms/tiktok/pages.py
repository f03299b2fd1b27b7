"""The pages and answers about accounts and rooms, with the fields TikTokLive 7.0.1 and yt-dlp 2026.10.26 read."""

import base64
import hashlib
import json
import time
from collections.abc import Iterable
from typing import Any

from tests.platforms.tiktok.events import GIFTS
from tests.platforms.tiktok.world import LIVE, OFFLINE, Account, Quality, Room

LEGACY = {"origin": "FULL_HD1", "hd": "HD1", "sd": "SD2", "ld": "SD1"}
LEVELS = {"origin": 10, "uhd": 4, "hd": 3, "sd": 2, "ld": 1, "ao": -1}
PICTURES = "https://p16-sign-va.tiktokcdn.com/cdn"
"""Pictures are at TikTok's own names whatever media are: nobody fetches them from anywhere else."""

NOT_FOUND, NO_SUCH_USER, PRIVATE = 19881007, 10221, 10222


def script(name: str, data: dict[str, Any]) -> str:
    """A page whose only use is the JSON in it."""
    body = json.dumps(data).replace("</", "<\\/")
    tag = f'<script id="{name}" type="application/json">{body}</script>'
    return f"<!DOCTYPE html><html><head><title>TikTok</title></head><body>{tag}</body></html>"


def universal(scope: str, data: dict[str, Any]) -> str:
    """A page as most of TikTok's are."""
    return script("__UNIVERSAL_DATA_FOR_REHYDRATION__", {"__DEFAULT_SCOPE__": {scope: data}})


def _page(body: str, title: str = "TikTok") -> str:
    return f"<!DOCTYPE html><html><head><title>{title}</title></head><body>{body}</body></html>"


def _challenge() -> str:
    """A wall whose proof of work (the number 4242) yt-dlp solves by itself."""
    base = b"loopback-tiktok"
    digest = hashlib.sha256(base + b"4242").digest()
    puzzle = {"v": {"a": base64.b64encode(base).decode(), "c": base64.b64encode(digest).decode()}, "s": "loopback"}
    name = base64.b64encode(json.dumps(puzzle).encode()).decode().rstrip("=")
    return _page(
        f'Please wait...<p id="cs" class="{name}"></p><p id="wci" class="_wafchallengeid"></p>'
        '<p id="rci" class="waforiginalreid"></p><p id="rs" class="loopback-rs"></p>'
    )


WALLS = {
    "captcha": _page("<div class='captcha_verify'></div>", "Security Check"),
    "wait": _page("Please wait..."),
    "challenge": _challenge(),
    "login": _page("login-title", "Log in | TikTok"),
    "empty": "",
}


def extra() -> dict[str, int]:
    """The time, as TikTok adds it to its answers."""
    return {"now": int(time.time() * 1000)}


def live_html(account: Account | None) -> str:
    """The page /@name/live."""
    if account is None or not account.can_live:
        return script("SIGI_STATE", {"AppContext": {}, "LiveRoom": None})
    room = account.room
    status, title = (room.status, room.title) if room else (OFFLINE, "")
    user = _user(account) | {"status": status}
    return script(
        "SIGI_STATE",
        {"LiveRoom": {"liveRoomUserInfo": {"user": user, "liveRoom": {"title": title, "status": status}}}},
    )


def _user(account: Account) -> dict[str, Any]:
    return {
        "id": str(account.user_id),
        "uniqueId": account.unique_id,
        "nickname": account.nickname,
        "secUid": account.sec_uid,
        "roomId": str(account.room.room_id) if account.room else "",
        "verified": account.verified,
    }


def profile_html(account: Account | None, videos: int) -> str:
    """The page /@name."""
    if account is None or account.status == NO_SUCH_USER:
        return universal("webapp.user-detail", {"statusCode": NO_SUCH_USER, "statusMsg": "user doesn't exist"})
    live = account.room is not None and account.room.live
    user = _user(account) | {
        "signature": account.about,
        "privateAccount": account.private,
        "avatarLarger": f"https://p16-sign-va.tiktokcdn.com/img/{account.unique_id}.jpeg",
        "roomId": str(account.room.room_id) if account.room and live else "",
    }
    stats = {"followerCount": account.followers, "followingCount": 10, "heartCount": 99, "videoCount": videos}
    status = account.status or (PRIVATE if account.private else 0)
    return universal(
        "webapp.user-detail", {"statusCode": status, "userInfo": {"user": user, "stats": stats, "itemList": []}}
    )


def api_live(account: Account | None) -> dict[str, Any]:
    """/api-live/user/room/."""
    if account is None or not account.can_live:
        return {"data": {}, "extra": extra(), "message": "user_not_found", "statusCode": NOT_FOUND}
    room = account.room
    live_room = {
        "title": room.title if room else "",
        "status": room.status if room else OFFLINE,
        "startTime": int(room.started) if room else 0,
        "liveRoomStats": {"userCount": room.viewers if room else 0, "enterCount": 50},
        "coverUrl": f"{PICTURES}/room/{room.room_id}/cover.jpg?x-expires=1" if room else "",
        "mode": 0,
    }
    data = {
        "liveRoom": live_room,
        "user": _user(account)
        | {"status": live_room["status"], "avatarThumb": f"{PICTURES}/cover.jpg?of={account.user_id}"},
        "stats": {"followerCount": account.followers, "followingCount": 10},
    }
    return {"data": data, "extra": extra(), "message": "", "statusCode": 0}


def check_alive(ids: Iterable[str], rooms: dict[int, Room], lies: bool) -> dict[str, Any]:
    """Rooms TikTok does not know are left out."""
    numbers = [(int(each) if each.isdigit() else 0, each) for each in ids]
    found = [
        {"alive": lies or rooms[number].status == LIVE, "room_id": number, "room_id_str": said}
        for number, said in numbers
        if lies or number in rooms
    ]
    return {"data": found, "extra": extra(), "status_code": 0}


def room_info(room: Room | None, cdn: str) -> dict[str, Any]:
    """/webcast/room/info/."""
    if room is None:
        refusal = {"message": "Request params error", "prompts": "Request params error"}
        return {"data": refusal, "extra": extra(), "status_code": 10011}
    if room.age_restricted:
        return {"data": {"prompts": ""}, "extra": extra(), "status_code": 4003110}
    owner = room.owner
    data = {
        "id": room.room_id,
        "id_str": str(room.room_id),
        "title": room.title,
        "status": room.status,
        "user_count": room.viewers,
        "like_count": room.likes,
        "create_time": int(room.started),
        "finish_time": int(room.ended),
        "share_url": f"https://m.tiktok.com/share/live/{room.room_id}/",
        "owner": {
            "id": owner.user_id,
            "id_str": str(owner.user_id),
            "display_id": owner.unique_id,
            "nickname": owner.nickname,
            "sec_uid": owner.sec_uid,
            "follow_info": {"follower_count": owner.followers},
            "avatar_thumb": {"url_list": [f"{cdn}/cover.jpg"]},
        },
        "cover": {"url_list": [f"{cdn}/cover.jpg"]},
        "stats": {"total_user": room.viewers * 3, "enter_count": room.viewers * 3},
        "age_restricted": {"restricted": False},
        "stream_url": stream_url(room, cdn) if room.live and room.stream in ("full", "legacy") else {},
    }
    if room.stream == "none":
        del data["stream_url"]
    return {"data": data, "extra": extra(), "status_code": 0}


def stream_url(room: Room, cdn: str) -> dict[str, Any]:
    """Where the stream is, in all its qualities."""
    streams = {each.name: {"main": _rendering(room, each, cdn)} for each in room.qualities}
    old = {LEGACY[name]: stream["main"] for name, stream in streams.items() if name in LEGACY}
    first = next((each.name for each in reversed(room.qualities) if each.name in LEGACY), "")
    main = streams[first]["main"] if first else {"hls": "", "flv": "", "sdk_params": ""}
    legacy = {
        "flv_pull_url": {name: stream["flv"] for name, stream in old.items()},
        "flv_pull_url_params": {name: stream["sdk_params"] for name, stream in old.items()},
        "hls_pull_url": main["hls"],
        "hls_pull_url_params": main["sdk_params"],
        "rtmp_pull_url": main["flv"],
        "rtmp_pull_url_params": main["sdk_params"],
    }
    if room.stream == "legacy":
        return legacy
    qualities = [{"sdk_key": q.name, "level": LEVELS.get(q.name, 0), "name": q.name.upper()} for q in room.qualities]
    data = json.dumps({"common": {"session_id": "loopback"}, "data": streams})
    options = {"default_quality": {"sdk_key": "sd", "level": LEVELS["sd"]}, "qualities": qualities}
    return legacy | {"live_core_sdk_data": {"pull_data": {"stream_data": data, "options": options}}}


def _rendering(room: Room, quality: Quality, cdn: str) -> dict[str, str]:
    stem, only = f"{cdn}/stream/{room.room_id}_{quality.name}", "&only_audio=1" if quality.name == "ao" else ""
    query = f"?token={room.stream_token}{only}"
    params = {"VCodec": quality.codec, "vbitrate": quality.kbps * 1000, "resolution": quality.resolution}
    return {
        "flv": f"{stem}.flv{query}",
        "hls": f"{stem}/index.m3u8{query}",
        "cmaf": "",
        "dash": "",
        "sdk_params": json.dumps(params),
    }


def live_detail(room: Room | None, cdn: str) -> dict[str, Any]:
    """/api/live/detail/: all that guests of somebody else's live may have."""
    if room is None:
        return {"LiveRoomInfo": {}, "statusCode": 0}
    address = f"{cdn}/stream/{room.room_id}_sd/index.m3u8?token={room.stream_token}"
    info = {"status": room.status, "title": room.title, "liveUrl": address if room.stream != "none" else ""}
    return {"LiveRoomInfo": info, "statusCode": 0}


def gift_list() -> dict[str, Any]:
    """/webcast/gift/list/."""
    gifts = [
        {"id": gift_id, "name": name, "type": kind, "diamond_count": diamonds, "image": {"url_list": []}}
        for name, (gift_id, kind, diamonds) in GIFTS.items()
    ]
    return {"data": {"gifts": gifts}, "status_code": 0}
