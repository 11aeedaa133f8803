"""What people's scripts do with Mastodon.py: register, get let in by a person in a browser, write, read, leave.

    python mastodon_py.py ORIGIN NAME PASSWORD ACTS_AS

ACTS_AS is the username of the person or of a brand. Ends with an error where anything is not as it should be.
"""

import datetime
import queue
import struct
import sys
import time
import zlib

import requests
from mastodon import Mastodon, StreamListener
from mastodon.errors import (
    MastodonAPIError,
    MastodonIllegalArgumentError,
    MastodonNotFoundError,
    MastodonUnauthorizedError,
)

import person
import pushes
import shelves
import talk
import told

origin, name, password, acts_as = sys.argv[1:]
scopes = ["read", "write", "follow", "push"]
out_of_band = "urn:ietf:wg:oauth:2.0:oob"

client_id, client_secret = Mastodon.create_app(
    "Parrot", api_base_url=origin, scopes=scopes, redirect_uris=out_of_band, website="https://parrot.example"
)


def let_in(acts_as):
    """The app with a token that acts as somebody, the token, and the code that it came from."""
    api = Mastodon(client_id=client_id, client_secret=client_secret, api_base_url=origin)
    address = api.auth_request_url(redirect_uris=out_of_band, scopes=scopes, force_login=True, allow_http=True)
    code = person.lets_in(address, name, password, acts_as)
    return api, api.log_in(code=code, redirect_uri=out_of_band, scopes=scopes, allow_http=True), code


api, token, code = let_in(acts_as)
assert len(token) > 40

assert api.app_verify_credentials()["name"] == "Parrot"
me = api.account_verify_credentials()
assert me["username"] == acts_as, me
post = api.status_post("Hello from a script", visibility="public", idempotency_key="once")
assert api.status_post("Hello from a script", visibility="public", idempotency_key="once")["id"] == post["id"]
assert api.status(post["id"])["account"]["username"] == acts_as
assert "Hello from a script" in api.status_source(post["id"])["text"]
assert post["id"] in [status["id"] for status in api.timeline_home()]
assert post["id"] in [status["id"] for status in api.account_statuses(me["id"])]
shelves.use(api, me, post, api.account_lookup("brand" if acts_as == "ana" else "ana"))
api.status_favourite(post["id"])


def picture(width, height):
    """A PNG of one colour."""
    rows = (b"\0" + b"\x20\x60\xa0" * width) * height
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    parts = [(b"IHDR", head), (b"IDAT", zlib.compress(rows)), (b"IEND", b"")]
    chunks = [struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data)) for kind, data in parts]
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


media = api.media_post(picture(64, 48), "image/png", description="A hill", focus=(0.5, -0.5))
assert (media["type"], media["description"], media["meta"]["original"]["width"]) == ("image", "A hill", 64), media
media = api.media_update(media["id"], description="Two hills")
shown = api.status_post("Look", media_ids=[media])
assert shown["media_attachments"][0]["description"] == "Two hills", shown
assert requests.get(shown["media_attachments"][0]["url"]).headers["content-type"] == "image/png"
api.account_update_credentials(avatar=picture(20, 20), avatar_mime_type="image/png")
assert "/media/" in api.account_verify_credentials()["avatar"]


class Ear(StreamListener):
    """Keeps what it hears."""

    def __init__(self):
        self.heard = queue.Queue()

    def on_update(self, status):
        self.heard.put(("update", status["id"]))

    def on_delete(self, status_id):
        self.heard.put(("delete", status_id))


ear = Ear()
stream = api.stream_user(ear, run_async=True)
while not stream.is_receiving():
    time.sleep(0.05)
spoken = api.status_post("Can you hear me?")
assert ear.heard.get(timeout=30) == ("update", spoken["id"])
api.status_delete(spoken["id"])
kind, gone = ear.heard.get(timeout=30)
assert (kind, str(gone)) == ("delete", str(spoken["id"]))
stream.close()
api.status_delete(shown["id"])

assert api.status(post["id"])["favourites_count"] == 1
assert api.notifications() == []
talk.use(api, me, post)
other_app = let_in("brand" if acts_as == "ana" else "ana")[0]
told.use(api, other_app, me, post)
pushes.use(api, other_app, token, post)
api.status_delete(post["id"])
try:
    api.status(post["id"])
    raise AssertionError("the post is still there")
except MastodonNotFoundError:
    pass

# Polls: the second to come votes in what the first asked.
other = api.account_lookup("brand" if acts_as == "ana" else "ana")
asked = [status["poll"] for status in api.account_statuses(other["id"]) if status["poll"]]
for poll in asked:
    voted = api.poll_vote(poll["id"], [1])
    assert (voted["own_votes"], voted["votes_count"], voted["voters_count"]) == ([1], 1, 1), voted
    try:
        api.poll_vote(poll["id"], [0])
        raise AssertionError("a second vote counted")
    except MastodonAPIError as error:
        assert "already voted" in str(error), error
assert bool(asked) == (acts_as == "brand")
question = api.status_post("Tea or coffee?", poll=api.make_poll(["Tea", "Coffee"], 3600, hide_totals=True))
poll = api.poll(question["poll"]["id"])
assert ([option["title"] for option in poll["options"]], poll["voted"], poll["multiple"]) == (["Tea", "Coffee"], True, False), poll
assert poll["expires_at"] > datetime.datetime.now(datetime.timezone.utc)

# Later.
tomorrow = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(days=1)
waiting = api.status_post("Later", scheduled_at=tomorrow, poll=api.make_poll(["Yes", "No"], 600))
assert waiting["params"]["text"] == "Later" and waiting["params"]["poll"]["options"] == ["Yes", "No"], waiting
assert [one["id"] for one in api.scheduled_statuses()] == [waiting["id"]]
moved = api.scheduled_status_update(waiting["id"], tomorrow + datetime.timedelta(hours=1))
assert moved["scheduled_at"] > waiting["scheduled_at"] and api.scheduled_status(waiting["id"])["id"] == waiting["id"]
api.scheduled_status_delete(waiting["id"])
assert api.scheduled_statuses() == []

# Reports.
report = api.report(other["id"], comment="Only a test", category="spam")
assert report["target_account"]["id"] == other["id"] and not report["action_taken"], report

try:
    Mastodon(client_id=client_id, client_secret=client_secret, api_base_url=origin).log_in(
        code=code, redirect_uri=out_of_band, scopes=scopes, allow_http=True
    )
    raise AssertionError("a code worked twice")
except MastodonIllegalArgumentError:
    pass
try:
    api.account_verify_credentials()
    raise AssertionError("the token outlived the code that was shown twice")
except MastodonUnauthorizedError:
    pass
print("ok")
