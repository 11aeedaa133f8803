"""Walks docs/walks/brand-post.sh as its reader does: waits for the address, signs in by a browser, brings the code.

    python walk.py SCRIPT GUILDHALL

Prints what the walk said. Ends with an error where the walk does.
"""

import os
import re
import subprocess
import sys
import threading

import person

script, guildhall = sys.argv[1:]
here = os.path.dirname(sys.executable)
environment = os.environ | {"PATH": here + os.pathsep + os.environ["PATH"], "PYTHONUNBUFFERED": "1", "NO_COLOR": "1"}
pipe = subprocess.PIPE
walk = subprocess.Popen([script, guildhall], env=environment, stdin=pipe, stdout=pipe, stderr=subprocess.STDOUT, text=True)
# Whoever waits for ever is woken.
waking = threading.Timer(240, walk.kill)
waking.start()
said = ""
for line in walk.stdout:
    said += line
    if "/oauth/authorize" in line:
        address = re.search(r"http://\S+", line).group()
        code = person.lets_in(address, "ben@example.com", "a sentence is easy to remember", "acme")
        walk.stdin.write(f"n\n{code}\n")
        walk.stdin.flush()
waking.cancel()
print(said)
sys.exit(walk.wait())
