#!/usr/bin/env python3
"""Prints a line for each property and URI scheme of an element that is not so in
another one: properties.py ELEMENT OTHER <FILE. The file is what gst-inspect-1.0
says of both, with a line "=====" between. With --more instead, the names of the
first one's that the other has not at all."""
import re
import sys

READY = "changeable only in NULL or READY state"


def default(text):
    found = re.search(r'Default: (.*)$', text)
    return found[1].strip() if found else "none"


def read(text):
    """Name -> kind, range, default, flags and values of each property."""
    properties, name = {}, None
    section = text.partition("Element Properties:\n")[2]
    for line in section.split("\n"):
        start = re.match(r'  ([a-z][a-z0-9-]*) *: ', line)
        value = re.match(r' {20,}\((\S+)\): (\S+) +- ', line)
        if start:
            name = start[1]
            properties[name] = {"values": {}}
        elif not line.startswith("   ") or name is None:
            name = None
        elif "flags: " in line:
            properties[name]["flags"] = line.partition("flags: ")[2]
        elif value:
            properties[name]["values"][value[2]] = value[1]
        elif "kind" not in properties[name]:
            kind = line.strip()
            properties[name] |= {
                "kind": re.split(r'[.]| Default|(?<=Enum) "|(?<=Flags) "', kind)[0],
                "range": (re.search(r'Range: (.*?) Default', kind) or ["", ""])[1],
                "default": default(kind)}
    return properties


def schemes(text):
    found = re.search(r'Supported URI protocols:\n((?: +\w+\n)*)', text)
    return found[1].split() if found else []


def differences(old, new):
    if new is None:
        yield "missing"
        return
    for what in ("kind", "range", "default"):
        if old[what] != new[what]:
            yield f"{what} {old[what]} -> {new[what]}"
    for name, number in old["values"].items():
        if new["values"].get(name) != number:
            yield f"value {name} ({number}) -> {new['values'].get(name)}"
    # Where nothing was said, ours may say when a new value counts.
    if new["flags"].removesuffix(", " + READY) != old["flags"]:
        yield f"flags {old['flags']} -> {new['flags']}"


def more(text, base):
    """The properties that only the first one has."""
    return sorted(set(read(text)) - set(read(base)))


def main():
    if sys.argv[1:] == ["--more"]:
        print("".join(f"{x}\n" for x in more(*sys.stdin.read().split("=====\n"))), end="")
        return
    old_name, new_name = sys.argv[1:]
    old_text, new_text = sys.stdin.read().split("=====\n")
    old, new = read(old_text), read(new_text)
    if len(old) < 8 or len(new) < 8:
        sys.exit(f"only {len(old)} and {len(new)} properties were read")
    for name in sorted(old):
        for difference in differences(old[name], new.get(name)):
            print(f"| `{old_name}` | `{name}` | {difference} |")
    for scheme in schemes(old_text):
        if scheme not in schemes(new_text):
            print(f"| `{old_name}` | `{scheme}://` | missing |")


main()
