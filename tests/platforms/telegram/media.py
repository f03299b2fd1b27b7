"""Files: stored, sent, fetched."""

import secrets
from typing import Any

from aiohttp import web

from tests.platforms.telegram.posting import Posting
from tests.platforms.telegram.records import MB, Upload, bad_request

KINDS = ("photo", "video", "animation", "document", "audio", "voice")


class Media(Posting):
    """Nothing is decoded: sizes and durations are what the bot says."""

    def _store(self, kind: str, upload: Upload, params: dict[str, Any]) -> Any:
        file_id = "Fake" + secrets.token_urlsafe(40)
        self.files[file_id] = upload
        about: dict[str, Any] = {"file_id": file_id, "file_unique_id": file_id[4:20], "file_size": len(upload.data)}
        if kind == "photo":
            return [about | {"width": 320, "height": 240}]
        about |= {"file_name": upload.filename, "mime_type": upload.content_type or "application/octet-stream"}
        if kind in ("video", "animation"):
            about |= {
                "width": params.get("width") or 320,
                "height": params.get("height") or 240,
                "duration": params.get("duration") or 0,
            }
        if kind in ("audio", "voice"):
            about["duration"] = params.get("duration") or 0
        if kind == "voice":
            about.pop("file_name")
        for key in ("performer", "title"):
            if params.get(key) and kind == "audio":
                about[key] = params[key]
        return about

    def _input_file(self, kind: str, value: str, files: dict[str, Upload], params: dict[str, Any]) -> Any:
        if value.startswith("attach://"):
            upload = files[value.removeprefix("attach://")]
            if not upload.data:
                raise bad_request("file must be non-empty")
            if kind == "photo" and len(upload.data) > 10 * MB:
                raise bad_request("file is too big for a photo")
            return self._store(kind, upload, params)
        if value in self.files:
            return self._store(kind, self.files[value], params)
        if value.startswith("file://") and self.local:
            with open(value.removeprefix("file://"), "rb") as handle:
                return self._store(kind, Upload(value.rsplit("/", 1)[1], handle.read()), params)
        if value.startswith(("http://", "https://")):
            return self._store(kind, Upload(value.rsplit("/", 1)[1], b"by-url"), params)
        raise bad_request("wrong file identifier/HTTP URL specified")

    async def _send_media(self, kind: str, params: dict[str, Any], files: dict[str, Upload]) -> dict[str, Any]:
        chat = self._chat(params)
        caption, entities = self._parsed(params, "caption", 1024)
        body = {kind: self._input_file(kind, params[kind], files, params)}
        if kind == "animation":
            body["document"] = {k: v for k, v in body[kind].items() if k not in ("width", "height", "duration")}
        if caption:
            body["caption"] = caption
            if entities:
                body["caption_entities"] = entities
        return self._message(chat, params, body)

    async def _download(self, http: web.Request) -> web.Response:
        upload = self.files.get(http.match_info["path"].rsplit("/", 1)[1])
        if http.match_info["token"] != self.token or upload is None:
            return web.Response(status=404)
        return web.Response(body=upload.data, content_type="application/octet-stream")

    async def _do_send_photo(self, p: dict, f: dict) -> Any:
        return await self._send_media("photo", p, f)

    async def _do_send_video(self, p: dict, f: dict) -> Any:
        return await self._send_media("video", p, f)

    async def _do_send_document(self, p: dict, f: dict) -> Any:
        return await self._send_media("document", p, f)

    async def _do_send_audio(self, p: dict, f: dict) -> Any:
        return await self._send_media("audio", p, f)

    async def _do_send_voice(self, p: dict, f: dict) -> Any:
        return await self._send_media("voice", p, f)

    async def _do_send_animation(self, p: dict, f: dict) -> Any:
        return await self._send_media("animation", p, f)

    async def _do_send_media_group(self, p: dict, f: dict) -> Any:
        kinds = {item["type"] for item in p["media"]}
        if not 2 <= len(p["media"]) <= 10:
            raise bad_request("media group must have 2-10 items")
        if len(kinds) > 1 and kinds & {"document", "audio"}:
            raise bad_request(f"{(kinds & {'document', 'audio'}).pop()} can't be mixed with other media types")
        group, out = str(next(self._ids)), []
        for item in p["media"]:
            message = await self._send_media(item["type"], {**p, **item, item["type"]: item["media"]}, f)
            kept = self.messages[message["chat"]["id"], message["message_id"]]
            kept["media_group_id"] = message["media_group_id"] = group
            out.append(message)
        return out

    async def _do_edit_message_media(self, p: dict, f: dict) -> Any:
        """A text or another medium becomes this one."""
        self._own(p, "edit")
        media = p["media"]
        caption, entities = self._parsed(media, "caption", 1024)
        changes: dict[str, Any] = dict.fromkeys(("text", "entities", *KINDS))
        changes[media["type"]] = self._input_file(media["type"], media["media"], f, media)
        return self._edit(p, changes | {"caption": caption or None, "caption_entities": entities or None})

    async def _do_get_file(self, p: dict, f: dict) -> Any:
        upload = self.files.get(p["file_id"])
        if upload is None:
            raise bad_request("wrong file_id or the file is temporarily unavailable")
        if len(upload.data) > self.download_limit:
            raise bad_request("file is too big")
        return {
            "file_id": p["file_id"],
            "file_unique_id": p["file_id"][4:20],
            "file_size": len(upload.data),
            "file_path": f"documents/{p['file_id']}",
        }
