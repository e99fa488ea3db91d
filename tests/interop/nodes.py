"""Running nodes of the program, through its command line alone."""

import json
import os
import shutil
import signal
import subprocess
import tempfile
import time

from common import TOP
from tally import identity, pairing, record
from tally.session import PENDING

BUILD = os.path.join(TOP, os.environ.get("BUILD", "build"))
TALLY = os.environ.get("TALLY") or os.path.join(BUILD, "san", "tally")


class Failed(AssertionError):
    pass


def run(*arguments, code=0):
    """What the program prints when it ends with `code`; without one, how it ends."""
    done = subprocess.run([TALLY, *arguments], stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60)
    if code is None:
        return done.returncode
    if done.returncode != code:
        raise Failed("tally %s: ended with %d instead of %d\n%s%s" % (" ".join(arguments), done.returncode, code, done.stdout, done.stderr))
    return done.stdout.strip()


def free_port():
    return int(subprocess.run([os.path.join(TOP, "tests", "port")], capture_output=True, check=True, timeout=30).stdout)


class Folder:
    """Everything of one test: nodes made in it, and gone with it."""

    def __enter__(self):
        self.path = tempfile.mkdtemp(prefix="tally-interop.")
        self.nodes = []
        os.environ["XDG_STATE_HOME"] = os.path.join(self.path, "state")
        os.environ["XDG_CONFIG_HOME"] = os.path.join(self.path, "config")
        os.environ.pop("TALLY_HOME", None)
        return self

    def node(self, name, title, listen=False):
        self.nodes.append(Node(self, name, title, listen))
        return self.nodes[-1]

    def file(self, name):
        return os.path.join(self.path, name)

    def __exit__(self, kind, value, trace):
        for node in self.nodes:
            node.kill()
            if kind and os.path.exists(os.path.join(node.home, "tally.log")):
                with open(os.path.join(node.home, "tally.log"), encoding="utf-8") as lines:
                    print("--- log of %s\n%s" % (node.name, "".join(lines.readlines()[-40:])))
        if os.environ.get("KEEP"):
            print("kept: " + self.path)
        else:
            shutil.rmtree(self.path)


class Node:
    def __init__(self, folder, name, title, listen):
        self.name, self.home, self.pid = name, folder.file(name), None
        self.running = None
        self.port = free_port() if listen else None
        flags = ["--listen", "127.0.0.1:%d" % self.port] if listen else []
        self.org = bytes.fromhex(self("init", title, "--recovery-out", folder.file(name + ".kit"), *flags))
        self.up()

    def __call__(self, *arguments, code=0):
        return run("--home", self.home, *arguments, code=code)

    def begin(self, *arguments):
        """A command that waits for what we do meanwhile: finished() gives its end."""
        self.running = subprocess.Popen([TALLY, "--home", self.home, *arguments], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                        stderr=subprocess.STDOUT, text=True)

    def finished(self):
        said = self.running.communicate(timeout=20)[0]
        if self.running.returncode:
            raise Failed("ended with %d: %s" % (self.running.returncode, said))
        return said.strip()

    def ask(self, *arguments):
        return json.loads(self(*arguments, "--json"))

    def up(self):
        self("up", "--background")
        self.pid = self.ask("status")["pid"]

    def kill(self):
        """SIGKILL."""
        if self.running and self.running.poll() is None:
            self.running.kill()
        if self.pid:
            os.kill(self.pid, signal.SIGKILL)
            while _lives(self.pid):
                time.sleep(0.01)
            self.pid = None


def _lives(pid):
    """A zombie is dead; whoever should bury it may take a second."""
    try:
        with open("/proc/%d/stat" % pid, encoding="utf-8") as state:
            return state.read().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def paired(folder, name):
    """A node and a partner of it that speaks Python, both active, the pair proven: the node, the Partner, its session."""
    node = folder.node(name, "Harbour Foods", listen=True)
    partner, session = pairing.join(identity.Identity("Python & Sons"), node("partner", "invite", "--name", "python"))
    session.confirm()
    session.run(lambda: session.phase == PENDING, what="the host's KEYS")
    node("partner", "verify", "python", "--words", identity.words(partner.identity.org))
    session.run(lambda: partner.active, what="CONFIRM")
    session.end()
    session = pairing.dial(partner)
    session.run(lambda: partner.own.receipt and list(partner.records("pair")), what="the pair records")
    return node, partner, session


def early_warning(org, title, tlp=record.AMBER, **header):
    """The smallest incident.notice: title, stage, aware, malicious, cross_border, contact."""
    return record.make(org, "incident.notice", {0: title, 1: 1, 6: 1795424400000, 9: 1, 10: 2, 24: "soc@python.example"}, tlp, **header)
