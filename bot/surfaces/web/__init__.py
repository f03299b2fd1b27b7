"""The web: health and metrics, only when WEB_LISTEN is set."""
