#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""docs/manifest.schema.json takes every example and refuses what is broken in one place.

usage: schema.py SOURCE
"""
import copy
import json
import pathlib
import sys

try:
    import jsonschema
except ImportError:
    print("SKIP: python3-jsonschema is not installed")
    sys.exit(77)

source = pathlib.Path(sys.argv[1])
with open(source / "docs/manifest.schema.json", encoding="utf-8") as file:
    schema = json.load(file)
jsonschema.Draft202012Validator.check_schema(schema)
validator = jsonschema.Draft202012Validator(schema)
failures = 0


def expect(name, document, valid):
    global failures
    errors = list(validator.iter_errors(document))
    if bool(errors) == valid:
        failures += 1
        print(f"FAILED: {name}: {errors[0].message if errors else 'it was taken'}")


examples = sorted((source / "docs/examples").glob("*.json"))
for path in examples:
    with open(path, encoding="utf-8") as file:
        expect(path.name, json.load(file), True)
if not examples:
    sys.exit("no examples")

with open(source / "docs/examples/2011-02-view.json", encoding="utf-8") as file:
    good = json.load(file)

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
    ("a peer with neither", ["rules", 0, "when"], {"peer": {"key": "a"}}),
    ("a fault deep inside", ["rules", 0, "when"],
     {"not": {"any": [{"all": [{"update": "a"}, {"engine": {}}]}]}}),
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

with open(source / "docs/manifest.md", encoding="utf-8") as file:
    manual = file.read()
with open(source / "docs/examples/2011-02-view.json", encoding="utf-8") as file:
    if file.read() not in manual:
        failures += 1
        print("FAILED: the example in docs/manifest.md is not docs/examples/2011-02-view.json")
for fact in schema["$defs"]["condition"]["properties"]:
    if fact not in ("all", "any", "not") and f"\n| `{fact}` |" not in manual:
        failures += 1
        print(f"FAILED: docs/manifest.md does not name the fact {fact}")

for valid, rows in ((False, BROKEN), (True, ALLOWED)):
    for name, place, value in rows:
        document = copy.deepcopy(good)
        holder = document
        for step in place[:-1]:
            holder = holder[step]
        if value is REMOVED:
            del holder[place[-1]]
        else:
            holder[place[-1]] = value
        expect(name, document, valid)

print(f"{len(examples)} examples, {len(BROKEN)} broken, {len(ALLOWED)} allowed, {failures} failures")
sys.exit(1 if failures else 0)
