"""A mail server (SMTP) on a port of this machine. It asks for a user and a password, prints its port, and then each
letter that it takes as one line of JSON. It ends with its standard input.

refused@…  is told that there is no such box, for good
later@…    is told to come again, the first time
"""

import asyncio
import email
import email.policy
import json
import sys

from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword


def authenticate(server, session, envelope, mechanism, data):
    right = LoginPassword(b"acme", b"p@ss word")
    return AuthResult(success=isinstance(data, LoginPassword) and data == right, handled=True)


class Postbox:
    def __init__(self):
        self.seen = set()

    async def handle_RCPT(self, server, session, envelope, address, options):
        if address.startswith("refused@"):
            return "550 5.1.1 no such box"
        if address.startswith("later@") and address not in self.seen:
            self.seen.add(address)
            return "451 4.3.0 come again"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        letter = email.message_from_bytes(envelope.content, policy=email.policy.default)
        parts = {part.get_content_type(): part.get_content() for part in letter.walk() if not part.is_multipart()}
        print(
            json.dumps(
                {
                    "sender": envelope.mail_from,
                    "to": envelope.rcpt_tos,
                    "headers": {name.lower(): str(value) for name, value in letter.items()},
                    "plain": parts.get("text/plain"),
                    "html": parts.get("text/html"),
                }
            ),
            flush=True,
        )
        return "250 taken"


async def main():
    loop, postbox = asyncio.get_running_loop(), Postbox()

    def conversation():
        return SMTP(
            postbox,
            hostname="postbox.test",
            auth_required=True,
            auth_require_tls=False,
            authenticator=authenticate,
        )

    server = await loop.create_server(conversation, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await loop.run_in_executor(None, sys.stdin.read)
    server.close()


asyncio.run(main())
