"""Being told of notifications while an app is not open, through Mastodon.py: called by mastodon_py.py.

A push service on a port of this machine keeps what it is handed; the messages are decrypted as apps do it.
"""

import base64
import json
import queue
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import http_ece
import requests
from cryptography.hazmat.primitives.asymmetric import ec
from mastodon.errors import MastodonNotFoundError


class Service(BaseHTTPRequestHandler):
    """Keeps what it is handed."""

    handed = queue.Queue()

    def do_POST(self):
        body = self.rfile.read(int(self.headers["content-length"]))
        self.handed.put((self.path, dict(self.headers), body))
        self.send_response(201)
        self.end_headers()

    def log_message(self, *_):
        pass


def claims(token):
    """What a token says."""
    part = token.split(".")[1]
    return json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))


def use(api, other, token, post):
    """One app subscribes in both encodings; somebody else does something each time."""
    server = HTTPServer(("127.0.0.1", 0), Service)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    home = f"http://127.0.0.1:{server.server_port}"
    private, public = api.push_subscription_generate_keys()

    def say(method, fields):
        said = {"Authorization": f"Bearer {token}"}
        address = f"{api.api_base_url}/api/v1/push/subscription"
        requests.request(method, address, data=fields, headers=said, timeout=30).raise_for_status()

    made = api.push_subscription_set(f"{home}/draft", public, favourite_events=True, mention_events=False)
    key = api.instance()["configuration"]["vapid"]["public_key"]
    assert (made["endpoint"], made["server_key"], made["policy"]) == (f"{home}/draft", key, "all"), made
    assert made["alerts"]["favourite"] and not made["alerts"]["mention"], made
    other.status_favourite(post["id"])
    path, headers, body = Service.handed.get(timeout=30)
    assert (path, headers["content-encoding"], headers["ttl"]) == ("/draft", "aesgcm", "172800"), headers
    told = api.push_subscription_decrypt_push(body, private, headers["encryption"], headers["crypto-key"])
    assert (told["access_token"], told["notification_type"]) == (token, "favourite"), told
    who = other.account_verify_credentials()
    assert who["display_name"] in told["title"] and "Hello from a script" in told["body"], told
    assert str(api.notifications(int(told["notification_id"]))["status"]["id"]) == str(post["id"])
    scheme, signed = headers["authorization"].split(" ")
    assert (scheme, claims(signed)["aud"]) == ("WebPush", home), headers
    other.status_unfavourite(post["id"])

    # Mastodon.py knows the words of the standard, and does not say them.
    say(
        "POST",
        {
            "subscription[endpoint]": f"{home}/standard",
            "subscription[keys][p256dh]": base64.urlsafe_b64encode(public["pubkey"]).decode().rstrip("="),
            "subscription[keys][auth]": base64.urlsafe_b64encode(public["auth"]).decode().rstrip("="),
            "subscription[standard]": "true",
            "data[alerts][reblog]": "1",
        },
    )
    other.status_favourite(post["id"])
    other.status_reblog(post["id"])
    path, headers, body = Service.handed.get(timeout=30)
    assert (path, headers["content-encoding"]) == ("/standard", "aes128gcm"), headers
    assert headers["authorization"].startswith("vapid t="), headers
    secret = ec.derive_private_key(private["privkey"], ec.SECP256R1())
    told = json.loads(http_ece.decrypt(body, private_key=secret, auth_secret=private["auth"], version="aes128gcm"))
    assert (told["access_token"], told["notification_type"]) == (token, "reblog"), told
    other.status_unreblog(post["id"])
    other.status_unfavourite(post["id"])

    say("PUT", {"data[policy]": "none", "data[alerts][reblog]": "true"})
    kept = api.push_subscription()
    assert kept["policy"] == "none" and kept["alerts"]["reblog"] and kept["standard"], kept
    api.push_subscription_delete()
    try:
        api.push_subscription()
    except MastodonNotFoundError:
        pass
    else:
        raise AssertionError("a subscription that ended is still there")
    assert Service.handed.empty()
    server.shutdown()
