"""What people do with toot at the command line: sign in by a browser, post, look, delete, leave.

    python toot_cli.py ORIGIN NAME PASSWORD ACTS_AS

Ends with an error where anything is not as it should be.
"""

import json
import os
import struct
import sys
import zlib

import requests

from terminal import Terminal

origin, name, password, acts_as = sys.argv[1:]
terminal = Terminal()
folder, toot = terminal.folder, terminal.toot
terminal.signs_in(origin, name, password, acts_as)

assert json.loads(toot("whoami", "--json"))["username"] == acts_as

# Whoever comes second was followed and named by the first.
told = json.loads(toot("notifications", "--json"))
assert sorted(one["type"] for one in told) == (["follow", "mention"] if acts_as == "brand" else []), told
toot("notifications", "--clear")
assert json.loads(toot("notifications", "--json")) == []

post = json.loads(toot("post", "Hello from a terminal", "--json"))
assert post["account"]["username"] == acts_as, post
assert "Hello from a terminal" in toot("status", post["id"])
assert "Hello from a terminal" in toot("timelines", "home")
toot("favourite", post["id"])
assert json.loads(toot("status", post["id"], "--json"))["favourites_count"] == 1
toot("unfavourite", post["id"])
assert json.loads(toot("status", post["id"], "--json"))["favourites_count"] == 0


def said(*arguments):
    """A post that is written."""
    return json.loads(toot("post", *arguments, "--json"))


def kept(*arguments):
    """The ids of the posts that a command lists."""
    return [status["id"] for status in json.loads(toot(*arguments, "--json"))]


# Threads, boosts, bookmarks and pins.
answer = said("An answer", "--reply-to", post["id"])
assert answer["in_reply_to_id"] == post["id"]
assert "An answer" in toot("thread", post["id"])
toot("reblog", post["id"])
assert acts_as in toot("reblogged-by", post["id"])
toot("unreblog", post["id"])
assert json.loads(toot("status", post["id"], "--json"))["reblogs_count"] == 0
toot("bookmark", post["id"])
assert post["id"] in toot("bookmarks", "--once")
toot("unbookmark", post["id"])
toot("pin", post["id"])
assert json.loads(toot("status", post["id"], "--json"))["pinned"]
toot("unpin", post["id"])

# A picture with words, a warning, a question, and what comes later.
rows = (b"\0" + b"\x20\x60\xa0" * 16) * 16
head = struct.pack(">IIBBBBB", 16, 16, 8, 2, 0, 0, 0)
parts = [(b"IHDR", head), (b"IDAT", zlib.compress(rows)), (b"IEND", b"")]
chunks = [struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data)) for kind, data in parts]
picture = os.path.join(folder.name, "hill.png")
with open(picture, "wb") as file:
    file.write(b"\x89PNG\r\n\x1a\n" + b"".join(chunks))
shown = said("Look", "--media", picture, "--description", "A hill", "--spoiler-text", "Height", "--visibility", "unlisted")
assert [media["description"] for media in shown["media_attachments"]] == ["A hill"], shown
assert (shown["spoiler_text"], shown["visibility"], shown["sensitive"]) == ("Height", "unlisted", True), shown
asked = said("Tea or coffee? #tea", "--poll-option", "Tea", "--poll-option", "Coffee")
assert [option["title"] for option in asked["poll"]["options"]] == ["Tea", "Coffee"], asked
later = said("Later", "--scheduled-in", "1 day")
assert later["scheduled_at"] and later["params"]["text"] == "Later", later

# The company's emoji, with its address. Toot knows no announcements: they are asked for with its token.
with open(os.path.join(folder.name, "toot", "config.json")) as file:
    user = next(iter(json.load(file)["users"].values()))
told = requests.get(f"{origin}/api/v1/announcements", headers={"Authorization": f"Bearer {user['access_token']}"}).json()
assert "<em>tea</em>" in told[0]["content"] and told[0]["emojis"][0]["shortcode"] == "tea", told
cup = said("A cup of :tea:", "--visibility", "unlisted")
assert [emoji["url"] for emoji in cup["emojis"]] == [told[0]["emojis"][0]["url"]], cup
assert requests.get(cup["emojis"][0]["url"]).headers["content-type"] == "image/png"
toot("delete", cup["id"])

# What is found, and where it is listed.
assert asked["id"] in kept("timelines", "public", "--local")
assert kept("timelines", "tag", "tea")[0] == asked["id"]
toot("tags", "follow", "tea")
assert "tea" in toot("tags", "followed")
toot("tags", "unfollow", "tea")
found = json.loads(toot("search", "terminal", "--type", "statuses", "--json"))
assert [status["id"] for status in found["statuses"]] == [post["id"]], found
found = json.loads(toot("search", acts_as, "--type", "accounts", "--json"))
assert acts_as in [account["username"] for account in found["accounts"]], found

# People.
other = "brand" if acts_as == "ana" else "ana"
for verb, listed in [("mute", "muted"), ("block", "blocked")]:
    toot(verb, other)
    assert other in toot(listed)
    toot(f"un{verb}", other)
    assert other not in toot(listed)
toot("follow", other)
assert other in toot("following", acts_as)
toot("lists", "create", "Friends")
toot("lists", "add", "Friends", other)
assert other in toot("lists", "accounts", "Friends")
listed = json.loads(toot("timelines", "list", "Friends", "--json"))
assert [status["account"]["username"] for status in listed] == (["ana"] if acts_as == "brand" else []), listed
toot("lists", "delete", "Friends")
assert "Friends" not in toot("lists", "list")
said(f"@{other} Hello")

for gone in [answer, shown, asked, post]:
    toot("delete", gone["id"])
assert post["id"] not in toot("timelines", "home")
print("ok")
