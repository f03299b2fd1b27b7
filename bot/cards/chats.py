"""Cards of what only a chat platform says."""

from bot.card import Button, Card, Item, Press, Tone
from bot.cards.drawing import draw
from bot.cards.house import usage
from bot.replies.chats import (
    Arrived,
    ChannelChosen,
    ChatWanted,
    InPrivate,
    KeyboardClosed,
    Panel,
    Returned,
    TopicClosed,
    Welcome,
)
from bot.wording import Words
from core.model.person import Platform


@draw.register
def welcome(meaning: Welcome, words: Words) -> Card:
    """What it is, and three things to try."""
    body = (
        words.line("Paste the link of a TikTok video, and I write down what is said in it."),
        words.line("`/follow @name` tells you when an account goes live, and what happens there."),
        words.line("`/trigger add word` tells you when a word is written or said in a live."),
    )
    buttons = (
        Button(words.say("What I can do"), "help", Press.MAIN),
        Button(words.say("Follow an account"), "follow"),
    )
    return Card(
        words.line("**I am Earshot and keep an ear on TikTok for you.**"), body, buttons=(buttons,), private=True
    )


@draw.register
def arrived(meaning: Arrived, words: Words) -> Card:
    """What it is, and that it does nothing yet."""
    title = words.line("**I am Earshot. I keep an ear on TikTok lives and tell you here what matters.**")
    begins = (
        words.line(
            "Nothing is looked at, recorded or posted here before somebody who may manage the server sets me up: `/setup` takes "
            "a minute."
        )
        if meaning.platform is Platform.DISCORD
        else words.line(
            "Nothing is looked at, recorded or posted here before an admin of the group sets me up: `/setup` takes a minute."
        )
    )
    row = (Button(words.say("Set up"), "setup", Press.MAIN), Button(words.say("What is stored"), "privacy"))
    return Card(title, (begins,), buttons=(row,))


@draw.register
def returned(meaning: Returned, words: Words) -> Card:
    """Everything goes on."""
    body = words.count(
        "{n} account goes on as it was set up here.", "{n} accounts go on as they were set up here.", meaning.n
    )
    nobody = words.line("Nobody is followed here yet: `/follow @name`.")
    row = (Button(words.say("Who is followed"), "following"), Button(words.say("Everything set here"), "settings"))
    return Card(words.line("**I am back.**"), (body if meaning.n else nobody,), buttons=(row,), tone=Tone.GOOD)


@draw.register
def panel(meaning: Panel, words: Words) -> Card:
    """One line and one button a command."""
    items = tuple(
        Item(words.line("`/{name}` ", name=" ".join([command.name, *usage(command.shown)])) + words.line(command.about))
        for command in meaning.commands
    )
    buttons = [Button(one.name.partition(" ")[2] or one.name, one.verb) for one in meaning.commands]
    rows = tuple(tuple(buttons[at : at + 4]) for at in range(0, len(buttons), 4))
    return Card(
        words.line("**What I can do with** `/{name}`", name=meaning.name), items=items, buttons=rows, private=True
    )


@draw.register
def in_private(meaning: InPrivate, words: Words) -> Card:
    """Others need not read it."""
    title = (
        words.line("**I have sent it to you in private.**")
        if meaning.sent
        else words.line("**I answer this in private.**")
    )
    again = words.line("I cannot write to you yet: open our chat, press Start there, and then ask here once more.")
    button = Button(words.say("Open our chat"), meaning.address, Press.LINK)
    return Card(title, (again,) if meaning.again else (), buttons=((button,),), private=True)


@draw.register
def chat_wanted(meaning: ChatWanted, words: Words) -> Card:
    """How to come to a channel or a group from a private chat."""
    body = (
        words.line(
            "Choose it with the buttons below: they show what you manage, and Telegram adds me where I am missing."
        ),
        words.line("To forward me a post of a channel does the same."),
    )
    return Card(words.line("**Which channel or group shall it be?**"), body, private=True)


@draw.register
def keyboard_closed(meaning: KeyboardClosed, words: Words) -> Card:
    """What was chosen."""
    chosen = words.line("**You chose {name}.**", name=meaning.name)
    return Card(chosen if meaning.name else words.line("**All right, nothing was chosen.**"), private=True)


@draw.register
def channel_chosen(meaning: ChannelChosen, words: Words) -> Card:
    """How to command a channel, in which nobody can."""
    body = (
        words.line("Reply to this message with a command, such as `/follow @name`: it acts on that group.")
        if meaning.group
        else words.line("Reply to this message with a command, such as `/follow @name`: it acts on that channel.")
    )
    follow = Button(words.say("Follow an account"), "follow", Press.PLAIN if meaning.setup else Press.MAIN)
    setup = (Button(words.say("Set it up"), "setup", Press.MAIN),) if meaning.setup else ()
    buttons = (*setup, follow, Button(words.say("Who is followed"), "following"))
    return Card(
        words.line("**We speak of {name} here.**", name=meaning.name), (body,), buttons=(buttons,), private=True
    )


@draw.register
def topic_closed(meaning: TopicClosed, words: Words) -> Card:
    """Said once."""
    title = words.line("**The topic of @{x} is closed, so its posts come here.**", x=meaning.handle)
    body = words.line("Open the topic again, and they go there.")
    return Card(title, (body,), tone=Tone.WARN)
