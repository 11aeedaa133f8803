"""What somebody does with toot who only writes drafts for a brand: sign in as it, post, look at what waits.

    python toot_draft.py ORIGIN NAME PASSWORD ACTS_AS

Prints the post that waits as JSON. Ends with an error where anything is not as it should be.
"""

import json
import sys

from terminal import Terminal

origin, name, password, acts_as = sys.argv[1:]
terminal = Terminal()
terminal.signs_in(origin, name, password, acts_as)
toot = terminal.toot

assert json.loads(toot("whoami", "--json"))["username"] == acts_as
waits = json.loads(toot("post", "We open a second workshop", "--json"))
assert waits["visibility"] == "direct" and "waiting for approval" in waits["spoiler_text"], waits
assert waits["account"]["username"] == acts_as, waits
assert "We open a second workshop" in toot("status", waits["id"])
assert waits["id"] in [status["id"] for status in json.loads(toot("timelines", "home", "--json"))]

# What toot prints leads to a page that says that it waits, for those who may read it.
assert f"{origin}/home/review/" in toot("post", "And a third one")

# Nothing else is done as the brand, and toot says why.
for refused in [("favourite", waits["id"]), ("reblog", waits["id"]), ("pin", waits["id"]), ("notifications",)]:
    done = terminal.tries(*refused)
    assert done.returncode != 0 and "you write drafts" in done.stdout + done.stderr, (refused, done.stdout, done.stderr)

# Another one is thought better of.
regretted = json.loads(toot("post", "Never mind", "--json"))
toot("delete", regretted["id"])
assert terminal.tries("status", regretted["id"]).returncode != 0
print(json.dumps(waits))
