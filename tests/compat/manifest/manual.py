#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""docs/manifest.md as its reader meets it: the commands of the page, and what they print.

usage: manual.py SOURCE VDI-MANIFEST VDI-GUARD
VDI_UPDATE_GOLDEN=1 writes into the page what is printed; the diff is the review.
"""
import os
import pathlib
import re
import shlex
import subprocess
import sys
import tempfile

source = pathlib.Path(sys.argv[1])
program = os.path.abspath(sys.argv[2])
guard = os.path.abspath(sys.argv[3])
page = source / "docs/manifest.md"
text = page.read_text(encoding="utf-8")
update = os.environ.get("VDI_UPDATE_GOLDEN")
failures = 0
ran = 0
NOW = "2026-11-22T08:00:00Z"


def fail(name, why):
    global failures
    failures += 1
    print(f"FAILED: {name}: {why}")


def prepare(folder):
    """What the page takes for granted: a laptop before and after, and the programs by their names."""
    laptop = (source / "tests/compat/manifest/laptop.json").read_text(encoding="utf-8")
    (folder / "laptop.json").write_text(laptop, encoding="utf-8")
    (folder / "broken.json").write_text(
        laptop.replace('"version": "3.15.0+dfsg-2.1"', '"version": "3.15.0+dfsg-3"'),
        encoding="utf-8")
    (folder / "root").mkdir()
    for path, options in (program, ""), (guard, f"--root {shlex.quote(str(folder / 'root'))}"):
        wrapper = folder / os.path.basename(path)
        wrapper.write_text(f'#!/bin/sh\nexec {shlex.quote(path)} "$@" {options} --now {NOW}\n',
                           encoding="utf-8")
        wrapper.chmod(0o755)


def run(command, folder):
    global ran
    ran += 1
    command = command.replace("/srv/www/vigie", "web")
    environment = dict(os.environ, PATH=f"{folder}:{os.environ['PATH']}")
    return subprocess.run(["sh", "-c", command], cwd=folder, env=environment, check=False,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, encoding="utf-8")


def blocks(kind, whole):
    return re.findall(rf"^```{kind}\n(.*?)^```", whole, re.MULTILINE | re.DOTALL)


# The recipe: every line succeeds, and what is published can be believed.
with tempfile.TemporaryDirectory() as name:
    folder = pathlib.Path(name)
    prepare(folder)
    for line in blocks("sh", text)[0].splitlines():
        done = run(line, folder)
        if done.returncode != 0:
            fail(line, f"status {done.returncode}: {done.stdout}")
    done = run("vdi-manifest verify web", folder)
    if "rules: 1; a client that trusts its root 1 accepts it" not in done.stdout:
        fail("the recipe", done.stdout)

# What the page shows: command by command, in one folder.
with tempfile.TemporaryDirectory() as name:
    folder = pathlib.Path(name)
    prepare(folder)
    run("vdi-manifest init site --id example-corp", folder)
    rule = next(block for block in blocks("json", text) if '"EX-2026-001"' in block)
    (folder / "rule.json").write_text(rule, encoding="utf-8")

    def replay(match):
        shown = ""
        for part in re.split(r"^(?=\$ )", match.group(1), flags=re.MULTILINE):
            if not part:
                continue
            command, _, expected = part[2:].partition("\n")
            printed = run(command, folder).stdout
            if printed and not printed.endswith("\n"):
                printed += "\n"
            if printed != expected and not update:
                fail(command, f"the page says\n{expected}and it prints\n{printed}")
            shown += f"$ {command}\n{printed}"
        return f"```console\n{shown}```"

    replayed = re.sub(r"^```console\n(.*?)^```", replay, text, flags=re.MULTILINE | re.DOTALL)
    if update:
        page.write_text(replayed, encoding="utf-8")

# Every option of draft and lint is on the page.
for command in ("draft", "lint"):
    done = subprocess.run([program, command, "--help"], capture_output=True, encoding="utf-8",
                          check=False)
    for option in re.findall(r"^  (--[a-z-]+)", done.stdout, re.MULTILINE):
        if f"{option}" not in text:
            fail(f"{command} {option}", "the page does not name it")

print(f"{ran} commands, {failures} failures")
sys.exit(1 if failures else 0)
