"""What people do with toot at the command line: sign in by a browser, post, look, delete, leave.

    python toot_cli.py ORIGIN NAME PASSWORD ACTS_AS

Ends with an error where anything is not as it should be.
"""

import json
import os
import subprocess
import sys
import tempfile
import threading

import person

origin, name, password, acts_as = sys.argv[1:]
folder = tempfile.TemporaryDirectory()
environment = os.environ | {"XDG_CONFIG_HOME": folder.name, "PYTHONUNBUFFERED": "1", "NO_COLOR": "1"}
command = [os.path.join(os.path.dirname(sys.executable), "toot")]


def toot(*arguments):
    """What a command answers."""
    done = subprocess.run([*command, *arguments], env=environment, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, (arguments, done.stdout, done.stderr)
    return done.stdout


pipe = subprocess.PIPE
signing_in = subprocess.Popen([*command, "login", "--instance", origin], env=environment, stdin=pipe, stdout=pipe, text=True)
# Whoever waits for ever is woken.
waking = threading.Timer(60, signing_in.kill)
waking.start()
said = ""
for line in signing_in.stdout:
    said += line
    if line.startswith(f"{origin}/oauth/authorize"):
        break
code = person.lets_in(line.strip(), name, password, acts_as)
rest, _ = signing_in.communicate(f"n\n{code}\n")
waking.cancel()
assert "Successfully logged in" in rest, said + rest

assert json.loads(toot("whoami", "--json"))["username"] == acts_as
post = json.loads(toot("post", "Hello from a terminal", "--json"))
assert post["account"]["username"] == acts_as, post
assert "Hello from a terminal" in toot("status", post["id"])
assert "Hello from a terminal" in toot("timelines", "home")
toot("favourite", post["id"])
assert json.loads(toot("status", post["id"], "--json"))["favourites_count"] == 1
toot("delete", post["id"])
assert post["id"] not in toot("timelines", "home")
print("ok")
