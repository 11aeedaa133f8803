"""A terminal in which somebody uses toot, with a folder of its own for what toot keeps."""

import os
import subprocess
import sys
import tempfile
import threading

import person


class Terminal:
    def __init__(self):
        self.folder = tempfile.TemporaryDirectory()
        self.environment = os.environ | {"XDG_CONFIG_HOME": self.folder.name, "PYTHONUNBUFFERED": "1", "NO_COLOR": "1"}
        self.command = [os.path.join(os.path.dirname(sys.executable), "toot")]

    def tries(self, *arguments):
        """A command, however it ends."""
        command = [*self.command, *arguments]
        return subprocess.run(command, env=self.environment, capture_output=True, text=True, timeout=60)

    def toot(self, *arguments):
        """What a command answers."""
        done = self.tries(*arguments)
        assert done.returncode == 0, (arguments, done.stdout, done.stderr)
        return done.stdout

    def signs_in(self, origin, name, password, acts_as):
        """Signs in by a browser, and chooses as whom toot acts."""
        pipe = subprocess.PIPE
        command = [*self.command, "login", "--instance", origin]
        signing_in = subprocess.Popen(command, env=self.environment, stdin=pipe, stdout=pipe, text=True)
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
