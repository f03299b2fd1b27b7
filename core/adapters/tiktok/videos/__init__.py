"""Videos by yt-dlp: links, pages, captions, sound."""
