"""A small real python-telegram-bot application: commands, buttons, files, topics, inline queries, membership."""

import io
from typing import Any

from telegram import (
    BotCommand,
    ForceReply,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InlineQueryResultArticle,
    InputTextMessageContent,
    Update,
)
from telegram.constants import ParseMode
from telegram.error import TelegramError
from telegram.ext import (
    AIORateLimiter,
    Application,
    CallbackQueryHandler,
    ChatMemberHandler,
    CommandHandler,
    ContextTypes,
    InlineQueryHandler,
    MessageHandler,
    filters,
)

SUBTITLES = b"1\n00:00 --> 00:01\nhi\n"
Context = ContextTypes.DEFAULT_TYPE


async def start(update: Update, context: Context) -> None:
    keyboard = InlineKeyboardMarkup([[InlineKeyboardButton("Follow", callback_data="follow:1")]])
    words = f"<b>Hello</b> &amp; welcome{''.join(f' {word}' for word in context.args or [])}"
    await update.message.reply_text(words, parse_mode=ParseMode.HTML, reply_markup=keyboard)


async def pressed(update: Update, context: Context) -> None:
    await update.callback_query.answer(f"followed by {update.callback_query.from_user.first_name}")
    await update.callback_query.edit_message_text("Following *1*", parse_mode=ParseMode.MARKDOWN_V2)


async def transcript(update: Update, context: Context) -> None:
    await update.message.reply_chat_action("upload_document")
    await update.message.reply_document(io.BytesIO(SUBTITLES), filename="t.srt", caption="Transcript")


async def raw(update: Update, context: Context) -> None:
    """/raw <html>: echoed as HTML, or what the server complained of."""
    try:
        await update.message.reply_text(update.message.text.removeprefix("/raw "), parse_mode=ParseMode.HTML)
    except TelegramError as error:
        await update.message.reply_text(f"{type(error).__name__}: {error.message}")


async def post(update: Update, context: Context) -> None:
    """/post <chat> [<topic>]: news elsewhere, or the error."""
    thread = int(context.args[1]) if len(context.args) > 1 else None
    try:
        await context.bot.send_message(int(context.args[0]), "news", message_thread_id=thread)
        await update.message.reply_text("sent")
    except TelegramError as error:
        await update.message.reply_text(f"{type(error).__name__}: {error.message}")


async def topic(update: Update, context: Context) -> None:
    try:
        made = await context.bot.create_forum_topic(update.effective_chat.id, "Live @x")
    except TelegramError as error:
        await update.message.reply_text(error.message)
        return
    await context.bot.send_message(update.effective_chat.id, "in topic", message_thread_id=made.message_thread_id)
    await update.message.set_reaction("👍")


async def ask(update: Update, context: Context) -> None:
    await update.message.reply_text("Which account?", reply_markup=ForceReply(selective=True))


async def answered(update: Update, context: Context) -> None:
    """A reply to a question, or a post of a channel, or an administrator in the group's name."""
    message = update.effective_message
    who = message.sender_chat.title if message.sender_chat else message.from_user.first_name
    about = f" to {message.reply_to_message.text}" if message.reply_to_message else ""
    await context.bot.send_message(message.chat_id, f"{who} says {message.text}{about}")


async def got_file(update: Update, context: Context) -> None:
    file = await update.message.document.get_file()
    await update.message.reply_text(f"{len(await file.download_as_bytearray())} bytes")


async def inline(update: Update, context: Context) -> None:
    words = InputTextMessageContent(update.inline_query.query or "-")
    await update.inline_query.answer([InlineQueryResultArticle("1", "Hit", words)])


async def standing(update: Update, context: Context) -> None:
    changed = update.my_chat_member
    words = f"{changed.chat.type} {changed.old_chat_member.status} {changed.new_chat_member.status}"
    context.bot_data.setdefault("standings", []).append(words)


async def after_init(app: Application[Any, Any, Any, Any, Any, Any]) -> None:
    await app.bot.set_my_commands([BotCommand("start", "Start"), BotCommand("transcript", "Get a transcript")])
    await app.bot.set_my_commands([BotCommand("start", "Commencer")], language_code="fr")


def build(token: str, base_url: str, base_file_url: str) -> Application[Any, Any, Any, Any, Any, Any]:
    """The application, not yet started."""
    limiter = AIORateLimiter(max_retries=2)
    builder = Application.builder().token(token).base_url(base_url).base_file_url(base_file_url).rate_limiter(limiter)
    app = builder.build()
    commands = (
        ("start", start),
        ("transcript", transcript),
        ("raw", raw),
        ("post", post),
        ("topic", topic),
        ("ask", ask),
    )
    for name, handler in commands:
        app.add_handler(CommandHandler(name, handler))
    app.add_handler(CallbackQueryHandler(pressed))
    app.add_handler(InlineQueryHandler(inline))
    app.add_handler(ChatMemberHandler(standing, ChatMemberHandler.MY_CHAT_MEMBER))
    app.add_handler(MessageHandler(filters.Document.ALL, got_file))
    app.add_handler(MessageHandler(filters.TEXT, answered))
    return app
