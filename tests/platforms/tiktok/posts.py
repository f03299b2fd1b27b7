"""The page of a video or photo post and the list of an account's posts, with the fields yt-dlp 2026.10.26 reads."""

from typing import Any
from urllib.parse import quote

from tests.platforms.tiktok.pages import universal
from tests.platforms.tiktok.recordings import Recording
from tests.platforms.tiktok.world import Rendering, Track, Video

GONE = 10204


def video_html(video: Video | None, recording: Recording | None, cdn: str) -> str:
    """The page of a post; None: there is none of this id."""
    detail: dict[str, Any] = {"statusCode": GONE if video is None else video.status, "statusMsg": ""}
    if video is not None and recording is not None and not video.status:
        detail["itemInfo"] = {"itemStruct": item(video, recording, cdn)}
        if video.page == "classified":
            hidden = {"id": video.video_id, "desc": video.desc, "isContentClassified": True}
            detail["itemInfo"] = {"itemStruct": hidden}
    return universal("webapp.video-detail", detail)


def item(video: Video, recording: Recording, cdn: str) -> dict[str, Any]:
    """An `itemStruct`."""
    owner, base = video.owner, f"{cdn}/video/{video.video_id}"
    length = round(recording.seconds) if video.states_s is None else video.states_s
    told = {
        "id": video.video_id,
        "desc": video.desc,
        "createTime": video.created,
        "author": {
            "id": str(owner.user_id),
            "uniqueId": owner.unique_id,
            "nickname": owner.nickname,
            "secUid": owner.sec_uid,
        },
        "music": {
            "title": "original sound",
            "authorName": owner.nickname,
            "duration": length,
            "playUrl": f"{base}/sound.m4a?mime_type=audio_mp4",
        },
        "stats": {"playCount": 1234, "diggCount": 56, "shareCount": 7, "commentCount": 8, "collectCount": "9"},
        "video": _pictures(video, recording, base, length),
    }
    return told | {"imagePost": _photos(video, base)} if video.images else told


def _pictures(video: Video, recording: Recording, base: str, length: int) -> dict[str, Any]:
    cover = f"{base}/cover.jpg"
    shown: dict[str, Any] = {"id": video.video_id, "cover": cover, "originCover": cover}
    if video.images:  # yt-dlp: a slideshow has a video of 0 seconds and only the attached song to download
        return shown | {"duration": 0, "playAddr": "", "ratio": ""}
    size = recording.mp4.stat().st_size
    renderings = [_rendering(each, video, base, size) for each in video.renderings]
    return shown | {
        "duration": length,
        "width": 576,
        "height": 1024,
        "ratio": "540p",
        "playAddr": renderings[0]["PlayAddr"]["UrlList"][0] if renderings else "",
        "bitrateInfo": renderings,
        "subtitleInfos": [_subtitles(each, number, base) for number, each in enumerate(video.tracks, 1)],
        "claInfo": _captions(video.tracks, base),
    }


def _rendering(rendering: Rendering, video: Video, base: str, size: int) -> dict[str, Any]:
    name = f"{rendering.codec}_{rendering.height}_{rendering.bits_per_second}"
    address = f"{base}/{name}/media-video-hvc1/" if rendering.silent else f"{base}/{name}.mp4"
    codecs = {"h264": "h264", "bytevc1": "h265_hvc1", "bytevc2": "h266"}
    return {
        "Bitrate": rendering.bits_per_second,
        "QualityType": 20,
        "CodecType": codecs.get(rendering.codec, rendering.codec),
        "PlayAddr": {
            "UrlKey": f"v{video.video_id}_{name}",
            "DataSize": str(rendering.size or size),
            "UrlList": [address],
        },
    }


def _subtitles(track: Track, number: int, base: str) -> dict[str, Any]:
    return {
        "LanguageID": str(number),
        "LanguageCodeName": track.language,
        "Url": address_of(track, base),
        "UrlExpire": 4_000_000_000,
        "Format": track.form,
        "Version": "1:whisper_lid" if track.source == "ASR" else "4",
        "Source": track.source,
    }


def _captions(tracks: tuple[Track, ...], base: str) -> dict[str, Any]:
    if not tracks:
        return {"hasOriginalAudio": True, "enableAutoCaption": False, "captionInfos": [], "captionsType": 0}
    return {
        "hasOriginalAudio": True,
        "enableAutoCaption": True,
        "originalLanguageInfo": {"language": tracks[0].language, "languageCode": tracks[0].language[:2]},
        "captionsType": 1,
        "captionInfos": [
            {
                "language": each.language,
                "languageCode": each.language[:2],
                "captionFormat": each.form,
                "url": address_of(each, base),
                "urlList": [address_of(each, base)],
                "isAutoGen": each.source == "ASR",
                "isOriginalCaption": each is tracks[0],
            }
            for each in tracks
        ],
    }


def address_of(track: Track, base: str) -> str:
    """Where the subtitles are."""
    return f"{base}/{quote(track.language)}.vtt"


def _photos(video: Video, base: str) -> dict[str, Any]:
    images = [
        {"imageURL": {"urlList": [f"{base}/photo-{number}.jpg"]}, "imageWidth": 360, "imageHeight": 640}
        for number in range(1, video.images + 1)
    ]
    return {"images": images, "cover": images[0], "shareCover": images[0], "title": video.desc}
