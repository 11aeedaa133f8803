"""What people's scripts do with Mastodon.py: register, get let in by a person in a browser, write, read, leave.

    python mastodon_py.py ORIGIN NAME PASSWORD ACTS_AS

ACTS_AS is the username of the person or of a brand. Ends with an error where anything is not as it should be.
"""

import sys

from mastodon import Mastodon
from mastodon.errors import MastodonIllegalArgumentError, MastodonNotFoundError, MastodonUnauthorizedError

import person
import shelves

origin, name, password, acts_as = sys.argv[1:]
scopes = ["read", "write", "follow", "push"]
out_of_band = "urn:ietf:wg:oauth:2.0:oob"

client_id, client_secret = Mastodon.create_app(
    "Parrot", api_base_url=origin, scopes=scopes, redirect_uris=out_of_band, website="https://parrot.example"
)
api = Mastodon(client_id=client_id, client_secret=client_secret, api_base_url=origin)
address = api.auth_request_url(redirect_uris=out_of_band, scopes=scopes, force_login=True, allow_http=True)
code = person.lets_in(address, name, password, acts_as)
token = api.log_in(code=code, redirect_uri=out_of_band, scopes=scopes, allow_http=True)
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
assert api.status(post["id"])["favourites_count"] == 1
assert api.notifications() == []
api.status_delete(post["id"])
try:
    api.status(post["id"])
    raise AssertionError("the post is still there")
except MastodonNotFoundError:
    pass

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
