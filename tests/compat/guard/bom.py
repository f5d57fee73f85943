#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The rules of CycloneDX 1.5 for what Vigie writes: members, types, words, nothing twice.

usage: bom.py FILE
"""
import json
import re
import sys

TYPES = {"application", "framework", "library", "container", "platform", "operating-system", "device",
         "device-driver", "firmware", "file", "machine-learning-model", "data"}
PURL = re.compile(r"pkg:[a-z][a-z0-9.+-]*/([A-Za-z0-9.%_~:-]+/)*[A-Za-z0-9.%_~:-]+"
                  r"@[A-Za-z0-9.%_~:-]+(\?[a-z0-9._-]+=[A-Za-z0-9.%_~:/-]+(&[a-z0-9._-]+=[A-Za-z0-9.%_~:/-]+)*)?")
mistakes = []


def need(is_right, what):
    if not is_right:
        mistakes.append(what)


def members(place, value, required, optional):
    need(isinstance(value, dict), f"{place}: no object")
    need(required <= set(value), f"{place}: lacks {required - set(value)}")
    need(set(value) <= required | optional, f"{place}: has {set(value) - required - optional}")
    need(all(isinstance(value[name], str) for name in value if name not in
             ("version", "metadata", "components", "properties", "component")), f"{place}: no text")


def component(place, value, required):
    members(place, value, {"type", "name"} | required, {"version", "purl"})
    need(value["type"] in TYPES, f"{place}: type {value['type']}")
    need(isinstance(value.get("version", ""), str), f"{place}: version")
    need("purl" not in value or PURL.fullmatch(value["purl"]), f"{place}: purl {value.get('purl')}")


with open(sys.argv[1], encoding="utf-8") as file:
    bom = json.load(file)
members("the list", bom, {"bomFormat", "specVersion", "version"}, {"metadata", "components"})
need(bom["bomFormat"] == "CycloneDX" and bom["specVersion"] == "1.5" and bom["version"] == 1, "the head")
metadata = bom["metadata"]
need(set(metadata) <= {"component", "properties"}, "metadata")
if "component" in metadata:
    component("metadata.component", metadata["component"], set())
for entry in metadata["properties"]:
    members("a property", entry, {"name", "value"}, set())
seen = [json.dumps(entry, sort_keys=True) for entry in bom["components"]]
need(len(seen) == len(set(seen)), "a component stands twice")
for i, entry in enumerate(bom["components"]):
    component(f"components[{i}]", entry, {"purl", "version"})
print("\n".join(mistakes))
sys.exit(bool(mistakes))
