#!/usr/bin/env python3
"""Prints meson's test log as cases: results.py PREFIX testlog.json

A TAP line is a case, a check of gst-check is one, and so is any other test.
"""
import json
import re
import sys

TAP = re.compile(r"^(ok|not ok)\s+\d*\s*(?:- )?(.*?)(#\s*SKIP.*)?$", re.M | re.I)
CHECKS = re.compile(r"^\d+%: Checks: (\d+), Failures: (\d+), Errors: (\d+)", re.M)


def cases(test):
    """(verdict, name) of all in one test program."""
    out = test.get("stdout") or ""
    found = [("skip" if skip else verdict.lower(), name.strip())
             for verdict, name, skip in TAP.findall(out)]
    for checks, failures, errors in CHECKS.findall(out):
        bad = int(failures) + int(errors)
        found += [("ok", "check")] * (int(checks) - bad) + [("not ok", "check")] * bad
    result = test["result"]
    if result == "SKIP" and "1..0" not in out:
        result = "ran nothing"
    if result not in ("OK", "SKIP") and not any(v == "not ok" for v, _ in found):
        found.append(("not ok", f"{result}, exit code {test['returncode']}"))
    return found or [("skip" if result == "SKIP" else "ok", "")]


def main(prefix, path):
    try:
        with open(path, encoding="utf-8") as log:
            tests = [json.loads(line) for line in log]
    except FileNotFoundError:
        tests = []
    if not tests:
        print(f"not ok - {prefix}: no test ran")
        sys.exit(1)
    for test in tests:
        program = test["name"].split(" / ")[-1]
        found = cases(test)
        for verdict, name in found:
            print(f"{verdict} - {prefix}/{program} {name}".rstrip())
        if any(verdict == "not ok" for verdict, _ in found):
            log = (test.get("stdout") or "") + "\n" + (test.get("stderr") or "")
            print("\n".join("    | " + line for line in log.splitlines()[-40:]))


main(*sys.argv[1:])
