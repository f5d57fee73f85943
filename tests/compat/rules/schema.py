#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""docs/manifest.schema.json and our parser take every example of docs/, and refuse what is broken in
one place; the parser says where.

usage: schema.py SOURCE VDI-MANIFEST
"""
import copy
import json
import pathlib
import re
import subprocess
import sys
import tempfile

try:
    import jsonschema
except ImportError:
    print("SKIP: python3-jsonschema is not installed")
    sys.exit(77)

source = pathlib.Path(sys.argv[1])
program = sys.argv[2]
with open(source / "docs/manifest.schema.json", encoding="utf-8") as file:
    schema = json.load(file)
jsonschema.Draft202012Validator.check_schema(schema)
validator = jsonschema.Draft202012Validator(schema)
failures = 0


def fail(name, why):
    global failures
    failures += 1
    print(f"FAILED: {name}: {why}")


def ask_schema(name, document, valid):
    errors = list(validator.iter_errors(document))
    if bool(errors) == valid:
        fail(name, f"the schema says {errors[0].message}" if errors else "the schema takes it")


def ask_parser(name, document, valid):
    """What the parser says of it, "" when it takes it; what lint then finds is another matter."""
    with tempfile.NamedTemporaryFile("w", suffix=".json", encoding="utf-8") as file:
        json.dump(document, file, ensure_ascii=False)
        file.flush()
        run = subprocess.run([program, "lint", file.name, "--now", "2011-02-10T00:00:00Z"],
                             capture_output=True, text=True, check=False)
    taken = "rules: " in run.stdout
    if taken != valid:
        fail(name, f"the parser says {run.stderr}" if not taken else "the parser takes it")
    return run.stderr


def expect(name, document, valid):
    ask_schema(name, document, valid)
    return ask_parser(name, document, valid)


examples = sorted((source / "docs/examples").glob("*.json"))
for path in examples:
    with open(path, encoding="utf-8") as file:
        expect(path.name, json.load(file), True)
if not examples:
    sys.exit("no examples")

with open(source / "docs/examples/2011-02-view.json", encoding="utf-8") as file:
    good = json.load(file)
with open(source / "docs/manifest.md", encoding="utf-8") as file:
    manual = file.read()

# Every example of the page: a manifest, a rule, or a condition by itself.
blocks = re.findall(r"^```json\n(.*?)^```", manual, re.MULTILINE | re.DOTALL)
for number, block in enumerate(blocks):
    document = json.loads(block)
    if "rules" not in document:
        whole = copy.deepcopy(good)
        if "when" in document:
            whole["rules"] = [document]
        else:
            whole["rules"][0]["when"] = document
        document = whole
    expect(f"docs/manifest.md, example {number + 1}", document, True)
if len(blocks) < 2:
    fail("docs/manifest.md", "it has fewer than two examples")

REMOVED = object()
ranged = {"version": "vers:generic/<1"}
BROKEN = [
    ("a higher major", ["schema"], "https://vigie.example/manifest/2"),
    ("no schema", ["schema"], REMOVED),
    ("no id", ["id"], REMOVED),
    ("an id that is a path", ["id"], "../a"),
    ("a time with a zone", ["issued"], "2011-02-09T08:00:00+01:00"),
    ("a month that is none", ["issued"], "2011-13-09T08:00:00Z"),
    ("rules that are no array", ["rules"], {}),
    ("an unknown member of the manifest", ["rule"], []),
    ("an unknown member of a rule", ["rules", 0, "colour"], "red"),
    ("an unknown effect", ["rules", 0, "effect"], "stop"),
    ("a block that never ends", ["rules", 0, "expires"], REMOVED),
    ("a title without English", ["rules", 0, "title"], {"fr": "T"}),
    ("a title that is too long", ["rules", 0, "title"], {"en": "T" * 513}),
    ("a text that is null", ["rules", 0, "message", "fr"], None),
    ("a language that is none", ["rules", 0, "message", "!"], "x"),
    ("an unknown category", ["rules", 0, "remedies", 0, "category"], "pray"),
    ("an unknown action", ["rules", 0, "remedies", 0, "action"], "pray"),
    ("a package that is no purl", ["rules", 0, "remedies", 0, "package"], "openssl"),
    ("a percentage above 100", ["rules", 0, "rollout"], {"percent": 101}),
    ("a percentage as text", ["rules", 0, "rollout"], {"percent": "10"}),
    ("a reference without an address", ["rules", 0, "references", 0, "url"], REMOVED),
    ("no condition", ["rules", 0, "when"], REMOVED),
    ("an empty condition", ["rules", 0, "when"], {}),
    ("an empty all", ["rules", 0, "when"], {"all": []}),
    ("two facts in one", ["rules", 0, "when"], {"update": "a", "arch": "b"}),
    ("an unknown fact", ["rules", 0, "when"], {"moon": "full"}),
    ("an update that is no text", ["rules", 0, "when"], {"update": 7}),
    ("a package without a range", ["rules", 0, "when"], {"package": {"purl": "pkg:deb/debian/a"}}),
    ("a range that is none", ["rules", 0, "when"], {"build": {"version": "<1"}}),
    ("a range of an unknown type", ["rules", 0, "when"], {"build": {"version": "vers:npm/<1"}}),
    ("a range with white space", ["rules", 0, "when"], {"build": {"version": "vers:deb/< 1"}}),
    ("an unknown member of a fact", ["rules", 0, "when"], {"build": dict(ranged, a=1)}),
    ("a peer with value and version", ["rules", 0, "when"],
     {"peer": {"key": "a", "value": "b", "version": "vers:generic/<1"}}),
    ("a rule that is none", ["rules", 0], 7),
    ("a title that is no object", ["rules", 0, "title"], "T"),
    ("a message that is missing", ["rules", 0, "message"], REMOVED),
    ("a text of a remedy without English", ["rules", 0, "remedies", 1, "text"], {"fr": "T"}),
    ("a remedy that is none", ["rules", 0, "remedies", 1], "upgrade"),
    ("an unknown member of a remedy", ["rules", 0, "remedies", 0, "colour"], "red"),
    ("an unknown member of a reference", ["rules", 0, "references", 0, "a"], 1),
    ("a mark of verification that is no truth", ["rules", 0, "references", 0, "x-verified"], "yes"),
    ("an unknown member of a rollout", ["rules", 0, "rollout"], {"percent": 1, "a": 1}),
    ("a rollout without a percentage", ["rules", 0, "rollout"], {"salt": "a"}),
    ("a replaced rule that is no id", ["rules", 0, "supersedes"], [7]),
    ("an end that is no time", ["rules", 0, "expires"], "2011-08-01"),
    ("a fact that is null", ["rules", 0, "when"], {"package": None}),
    ("a condition that is an array", ["rules", 0, "when"], [{"update": "a"}]),
    ("a not of two", ["rules", 0, "when"], {"not": [{"update": "a"}, {"update": "b"}]}),
    ("an all that is one condition", ["rules", 0, "when"], {"all": {"update": "a"}}),
    ("a system without a member", ["rules", 0, "when"], {"os": {}}),
    ("a client without a range", ["rules", 0, "when"], {"client": {"id": "a"}}),
    ("an architecture without a letter", ["rules", 0, "when"], {"arch": ""}),
    ("a package with a star", ["rules", 0, "when"],
     {"package": {"purl": "pkg:deb/debian/a*", "version": "vers:deb/1"}}),
    ("a setting with a number", ["rules", 0, "when"], {"setting": {"key": "a", "value": 7}}),
    ("a peer with neither", ["rules", 0, "when"], {"peer": {"key": "a"}}),
    ("a fault deep inside", ["rules", 0, "when"],
     {"not": {"any": [{"all": [{"update": "a"}, {"engine": {}}]}]}}),
]
# What takes an order, a memory or a calendar to see: the parser alone refuses it.
package = {"purl": "pkg:deb/debian/a", "version": "vers:deb/1"}
BEYOND = [
    ("an id twice", ["rules"], [good["rules"][0], good["rules"][0]]),
    ("a range that is not sorted", ["rules", 0, "when"], {"build": {"version": "vers:deb/>2|<1"}}),
    ("a version twice", ["rules", 0, "when"], {"build": {"version": "vers:deb/1|1"}}),
    ("two ends of one kind", ["rules", 0, "when"], {"build": {"version": "vers:deb/<1|<2"}}),
    ("a version of another kind", ["rules", 0, "when"], {"build": {"version": "vers:semver/<1"}}),
    ("a day that is none", ["rules", 0, "expires"], "2011-02-30T00:00:00Z"),
    ("source packages", ["rules", 0, "when"],
     {"package": dict(package, purl="pkg:deb/debian/a?arch=source")}),
    ("a qualifier that says nothing here", ["rules", 0, "when"],
     {"package": dict(package, purl="pkg:deb/debian/a?epoch=1")}),
    ("a subpath", ["rules", 0, "when"], {"package": dict(package, purl="pkg:deb/debian/a#b")}),
    ("a language of bytes, not letters", ["rules", 0, "title", "en"], "é" * 300),
]
ALLOWED = [
    ("a minor of the schema", ["schema"], "https://vigie.example/manifest/1.2"),
    ("a member of one's own", ["rules", 0, "x-ticket"], {"a": 7}),
    ("a member of one's own in a fact", ["rules", 0, "when"], {"build": dict(ranged, **{"x-a": 1})}),
    ("every kind of fact", ["rules", 0, "when"], {"all": [
        {"os": {"id": "debian"}}, {"kernel": ranged}, {"arch": "amd64"},
        {"package": {"purl": "pkg:deb/debian/a?arch=amd64", "version": "vers:deb/*"}},
        {"update": "KB1"}, {"build": ranged}, {"client": {"id": "a", **ranged}}, {"engine": ranged},
        {"library": {"soname": "a.so.1"}}, {"setting": {"key": "a"}},
        {"peer": {"key": "a", "value": "b"}}]}),
]

with open(source / "docs/examples/2011-02-view.json", encoding="utf-8") as file:
    if file.read() not in manual:
        failures += 1
        print("FAILED: the example in docs/manifest.md is not docs/examples/2011-02-view.json")
for fact in schema["$defs"]["condition"]["properties"]:
    if fact not in ("all", "any", "not") and f"\n| `{fact}` |" not in manual:
        failures += 1
        print(f"FAILED: docs/manifest.md does not name the fact {fact}")

def change(place, value):
    document = copy.deepcopy(good)
    holder = document
    for step in place[:-1]:
        holder = holder[step]
    if value is REMOVED:
        del holder[place[-1]]
    else:
        holder[place[-1]] = value
    return document


def expect_place(name, place, words):
    """A mistake within a rule is named by its place in it."""
    where = "rules[0]" + "".join(
        f"[{step}]" if isinstance(step, int) else f".{step}" for step in place[2:3])
    if place[:2] == ["rules", 0] and where not in words:
        fail(name, f"{where} is not in: {words}")


for name, place, value in BROKEN:
    expect_place(name, place, expect(name, change(place, value), False))
for name, place, value in BEYOND:
    document = change(place, value)
    ask_schema(name, document, True)
    expect_place(name, place, ask_parser(name, document, False))
for name, place, value in ALLOWED:
    expect(name, change(place, value), True)

print(f"{len(examples)} files and {len(blocks)} examples of the page, {len(BROKEN)} broken, "
      f"{len(BEYOND)} beyond the schema, {len(ALLOWED)} allowed, {failures} failures")
sys.exit(1 if failures else 0)
