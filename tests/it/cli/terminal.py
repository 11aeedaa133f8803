"""Runs a command on a pseudo-terminal: waits for each question, types its answer, and prints what was to be seen.

Arguments: the steps as JSON, [{"question", "answer", "hidden"}], and the command. Ends as the command does.
"""

import json
import os
import pty
import signal
import sys
import termios
import time

steps, command = json.loads(sys.argv[1]), sys.argv[2:]
signal.alarm(120)
process, terminal = pty.fork()
if process == 0:
    os.execv(command[0], command)

seen = b""


def look():
    """What was written next; nothing at the end."""
    try:
        return os.read(terminal, 4096)
    except OSError:
        return b""


at = 0
for step in steps:
    question = step["question"].encode()
    while question not in seen[at:]:
        written = look()
        if not written:
            sys.stdout.buffer.write(seen)
            sys.exit(f"was never asked: {step['question']}")
        seen += written
    at = seen.index(question, at) + len(question)
    # Nobody is fast enough to type a password before it is hidden.
    while step.get("hidden") and termios.tcgetattr(terminal)[3] & termios.ECHO:
        time.sleep(0.01)
    os.write(terminal, step["answer"].encode() + b"\r")

while written := look():
    seen += written
_, status = os.waitpid(process, 0)
sys.stdout.buffer.write(seen)
sys.exit(os.waitstatus_to_exitcode(status))
