# SPDX-License-Identifier: Apache-2.0
"""A person at a terminal: terminal.py ANSWER COMMAND…, prints what the terminal shows.

Types ANSWER each time that a passphrase is asked for, and ends as the command ends.
"""
import os
import pty
import sys


def main(answer, command):
    child, terminal = pty.fork()
    if child == 0:
        os.execvp(command[0], command)
    shown, asked = b"", 0
    while True:
        try:
            block = os.read(terminal, 4096)
        except OSError:  # the other side is closed
            break
        if not block:
            break
        shown += block
        if shown.count(b"Passphrase of the key") > asked and shown.endswith(b": "):
            asked += 1
            os.write(terminal, answer.encode() + b"\n")
    sys.stdout.buffer.write(shown)
    sys.stdout.flush()
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


sys.exit(main(sys.argv[1], sys.argv[2:]))
