"""People's own TikTok accounts: linked, listed, and kept from being watched."""
