#!/usr/bin/env python3
"""The rules of the house that a machine can check: lint.py [CHECK...]

A check passes when it finds nothing in the tree, and finds something in a copy
of the tree with the break it names: one that cannot fail is no check.
PLUGIN is the libgstrtmp.so to look at.
"""
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

TOP = Path(__file__).resolve().parents[2]
PLUGIN = os.environ.get("PLUGIN", TOP / "build-test/gst/rtmp/libgstrtmp.so")
SKIP = shutil.ignore_patterns(".git", "build*", "demo-out", "*~", "__pycache__")
CHECKS = {}


def check(breaks):
    """@breaks: path -> text put at that file's end, or how to break a plugin."""
    def add(function):
        CHECKS[function.__name__.replace("_", "-")] = (function, breaks)
        return function
    return add


def files(tree, *patterns, under=("",)):
    for folder in under:
        for path in sorted((tree / folder).rglob("*")):
            parts = path.relative_to(tree).parts
            if (path.is_file() and any(path.match(p) for p in patterns)
                    and not SKIP("", parts)):
                yield path


def code(path):
    """The lines of a C file without its comments and strings."""
    def blank(match):
        return "\n" * match[0].count("\n") or " "
    text = path.read_text(encoding="utf-8")
    return re.sub(r'/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"', blank, text,
                  flags=re.DOTALL).split("\n")


def grep(tree, paths, pattern, lines=code):
    for path in paths:
        for number, line in enumerate(lines(path), 1):
            match = re.search(pattern, line)
            if match:
                yield f"{path.relative_to(tree)}:{number}: {match[0].strip()}"


def raw(path):
    return path.read_text(encoding="utf-8", errors="replace").split("\n")


def c_files(tree, *under):
    return files(tree, "*.c", "*.h", under=under or ("gst", "ext", "tests"))


# --- what may know what

@check({"gst/wire/broken.c": "#include <gio/gio.h>\n"})
def layers_pure_includes(tree):
    pure = c_files(tree, "gst/wire", "gst/flv", "gst/session", "gst/rtmfp")
    yield from grep(tree, pure, r"#include\s*[<\"](gio/|gst/|openssl/|pthread)[^>\"]*", raw)


@check({"gst/session/broken.c": "void f (void) { g_get_monotonic_time (); }\n"})
def layers_pure_calls(tree):
    pure = c_files(tree, "gst/wire", "gst/flv", "gst/session", "gst/rtmfp")
    yield from grep(tree, pure, r"\b(g_get_monotonic_time|g_get_real_time|g_random_\w+|time\s*\("
                    r"|g_date_time_new_now\w*|pthread_\w+|g_thread_\w+|GThread|GMutex|GRecMutex|GCond)")


@check({"gst/io/broken.c": "#include <gst/gst.h>\n"})
def layers_io(tree):
    yield from grep(tree, c_files(tree, "gst/io"), r"#include\s*[<\"]gst/[^>\"]*", raw)


@check({"gst/rtmp/broken.c": "#include <openssl/evp.h>\n"})
def layers_openssl(tree):
    paths = [p for p in c_files(tree) if (tree / "ext/openssl") not in p.parents]
    yield from grep(tree, paths, r"#include\s*[<\"]openssl/[^>\"]*", raw)


# --- how it looks

@check({"gst/wire/broken.c": "int f(void){return 1;}\n"})
def format_indent(tree):
    for path in files(tree, "*.c", under=("gst", "ext", "tests")):
        out = subprocess.run(["indent", "-st", str(path)], cwd=tree, check=False,
                             capture_output=True)
        if out.returncode or out.stdout != path.read_bytes():
            yield f"{path.relative_to(tree)}: indent changes it {out.stderr.decode()}"


@check({"gst/wire/broken.h": "int f (void); \n"})
def format_blanks(tree):
    yield from grep(tree, c_files(tree), r"[ \t]+$|\t", raw)


@check({"gst/wire/broken.h": "/* " + 78 * "x" + " */\n"})
def format_columns(tree):
    yield from grep(tree, c_files(tree), r"^.{81}", raw)


@check({"gst/wire/broken.c": "int x;\n"})
def format_licence(tree):
    for path in c_files(tree):
        if raw(path)[0] != "/* SPDX-License-Identifier: LGPL-2.1-or-later */":
            yield f"{path.relative_to(tree)}: the first line names no licence"


@check({"gst/wire/broken.c": 1201 * "\n"})
def size_of_files(tree):
    for path in c_files(tree):
        lines = len(raw(path)) - 1
        if lines > 1200:
            yield f"{path.relative_to(tree)}: {lines} lines, at most 1200"


@check({"gst/wire/broken.c": "static void\nf (void)\n{\n" + 101 * "  ;\n" + "}\n"})
def size_of_functions(tree):
    for path in c_files(tree):
        name = start = None
        for number, line in enumerate(code(path), 1):
            named = re.match(r"(\w+) \(", line)
            if named:
                name = named[1]
            if line.startswith("{"):
                start = number
            elif line.rstrip() == "}" and start and name:
                if number - start > 101 and not name.endswith("_class_init"):
                    yield f"{path.relative_to(tree)}:{start}: {name}: {number - start - 1} lines"
                name = start = None


# --- what is not done here

@check({"gst/io/broken.c": "void f (char *s) { strcpy (s, s); }\n"})
def banned_unbounded(tree):
    yield from grep(tree, c_files(tree), r"\b(strcpy|strcat|v?sprintf|gets|atoi|atol|strtok|alloca|g_alloca)\s*\(")


@check({"tests/check/wire/broken.c": "void f (void) { g_usleep (1); }\n"})
def banned_sleep(tree):
    yield from grep(tree, c_files(tree, "tests"), r"\b(g_usleep|usleep|sleep|nanosleep)\s*\(")


@check({"gst/flv/broken.c": "void f (void) { g_return_if_fail (0); }\n"})
def banned_g_return(tree):
    yield from grep(tree, c_files(tree, "gst/wire", "gst/flv", "gst/session"), r"\bg_return_\w+")


@check({"gst/io/broken.c": "/* TO" "DO: later */\n"})
def banned_marks(tree):
    yield from grep(tree, c_files(tree), r"\b(TO" r"DO|FIX" r"ME|X" r"XX)\b", raw)


@check({"docs/broken.md": "see /wo" "rk/notes\n"})
def banned_workplace(tree):
    yield from grep(tree, files(tree, "*"), r"(^|[^\w.])/wo" r"rk/|(^|[^\w.-])shar" r"ed/\w+", raw)


def export_more(folder):
    source = folder / "more.c"
    source.write_text("int gst_plugin_rtmp_more = 1;\n")
    subprocess.run(["cc", "-shared", "-o", folder / "more.so", source], check=True)
    return folder / "more.so"


@check(export_more)
def exported_symbols(_tree, plugin=None):
    out = subprocess.run(["nm", "-D", "-P", "--defined-only", str(plugin or PLUGIN)], text=True,
                         check=False, capture_output=True)
    symbols = {line.split()[0] for line in out.stdout.splitlines()}
    want = {"gst_plugin_rtmp_get_desc", "gst_plugin_rtmp_register"}
    if symbols != want:
        yield f"{plugin or PLUGIN}: {out.stderr}exports {sorted(symbols)}, not {sorted(want)}"


# --- what must be there

@check({"gst/flv/broken.c": "\n"})
def tested_sources(tree):
    for layer in ("wire", "flv", "session", "rtmfp", "io"):
        for path in files(tree, "*.c", under=(f"gst/{layer}",)):
            if not (tree / "tests/check" / layer / path.name).exists():
                yield f"gst/{layer}/{path.name}: no tests/check/{layer}/{path.name}"


@check({"tests/check/wire/broken.c": "\n", "tests/fuzz/fuzz_broken.c": "\n"})
def tests_listed(tree):
    for folder in ("check", "fuzz"):
        build = (tree / "tests" / folder / "meson.build").read_text(encoding="utf-8")
        for path in files(tree, "*.c", under=(f"tests/{folder}",)):
            if "common" in path.parts:
                continue
            name = path.stem.removeprefix("fuzz_")
            if not re.search(rf"'{name}(\.c)?'", build):
                yield f"{path.relative_to(tree)}: meson does not know it, so it never runs"


@check({"tests/fuzz/fuzz_broken.c": "\n"})
def fuzz_seeds(tree):
    for path in files(tree, "fuzz_*.c", under=("tests/fuzz",)):
        name = path.stem.removeprefix("fuzz_")
        seeds = len(list(files(tree, "*", under=(f"tests/fuzz/seeds/{name}",))))
        if seeds < 5:
            yield f"tests/fuzz/seeds/{name}: {seeds} seeds, at least 5"


def has_test(sources, number, pattern):
    """Whether a file registers tests under @pattern's first part and has, in a
    string, a part with the number that fits its part with the number."""
    parts = pattern.split("/")
    part = next((x for x in parts if number in x), None)
    if part is None:
        return False
    fits = re.compile(r'"(?:[^"\n]*/)?' + re.escape(part).replace(r"\*", r'[^"/\n]*') + r'[/"]')
    return any(f'"/{parts[1]}/' in text and fits.search(text) for text in sources)


@check({"docs/design/conformance.md": "| E-999 | broken | `/broken/E-999-*` |\n"})
def conformance(tree):
    page = tree / "docs/design/conformance.md"
    sources = [p.read_text(encoding="utf-8") for p in c_files(tree, "tests/check")]
    seen = set()
    for line in raw(page):
        row = re.match(r"\| (E-\d{3}) \|.*\| ([^|]*) \|$", line)
        if not row:
            continue
        number, tests = row[1], re.findall(r"`([^`]+)`", row[2])
        if number in seen or not tests:
            yield f"{number}: a second row, or no test"
        seen.add(number)
        for test in tests:
            if not has_test(sources, number, test):
                yield f"{number}: no test {test}"


@check({"tests/files/broken.bin": "\n"})
def files_indexed(tree):
    index = (tree / "tests/files/INDEX.md")
    lines = raw(index) if index.exists() else []
    for path in files(tree, "*", under=("tests/files",)):
        stem = re.compile(rf"(^|[^\w-]){re.escape(path.stem)}($|[^\w-])")
        if path != index and not any(stem.search(x) and path.suffix in x for x in lines):
            yield f"{path.relative_to(tree)}: no line in INDEX.md"


@check({"gst/rtmp/broken.c": 'GST_ELEMENT_REGISTER_DEFINE (rtmp_broken, "rtmpbroken",\n'})
def element_pages(tree):
    pattern = r'GST_ELEMENT_REGISTER_DEFINE\w* \(\s*\w+,\s*"(\w+)"'
    for path in files(tree, "*.c", under=("gst/rtmp",)):
        for name in re.findall(pattern, path.read_text(encoding="utf-8")):
            page = tree / "docs/elements" / f"{name}.md"
            if not page.exists() or "\n```sh run\n" not in page.read_text(encoding="utf-8"):
                yield f"docs/elements/{name}.md: no page, or no command that is run"


@check({"gst/rtmp/broken.c": 'g_param_spec_int ("broken",\n'})
def documented_properties(tree):
    """Each property and signal has a gtk-doc comment that says since when."""
    for path in files(tree, "*.c", under=("gst/rtmp",)):
        text = path.read_text(encoding="utf-8")
        blocks = re.findall(r"/\*\*\n +\* Gst\w+::?([\w-]+):\n(.*?)\*/", text, re.DOTALL)
        known = {name for name, block in blocks if "Since:" in block}
        for name in re.findall(r'g_(?:param_spec_\w+|signal_new\w*) \(\s*"([\w-]+)"', text):
            if name not in known:
                yield f"{path.relative_to(tree)}: {name} has no gtk-doc comment with Since:"


def anchors(page):
    """As GitHub makes them of headings."""
    text = re.sub(r"```.*?```", "", page.read_text(encoding="utf-8"), flags=re.DOTALL)
    for heading in re.findall(r"(?m)^#+ (.*)$", text):
        yield re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-")


@check({"docs/broken.md": "[there](nowhere.md) [and](testing.md#nowhere)\n"})
def links(tree):
    for path in files(tree, "*.md"):
        for link, anchor in re.findall(r"\]\(([^)#]*)#?([^)]*)", path.read_text(encoding="utf-8")):
            to = path.parent / link if link else path
            if "://" not in link and (not to.exists()
                                      or anchor and anchor not in anchors(to)):
                yield f"{path.relative_to(tree)}: {link}#{anchor} does not exist"


@check({"tests/broken.sh": "#!/bin/bash\ncd $1\n"})
def shell(tree):
    scripts = [p for p in files(tree, "*") if raw(p)[0] == "#!/bin/bash" or p.name == "lib.sh"]
    out = subprocess.run(["shellcheck", "-S", "warning", "-e", "SC2034,SC2154",
                          *map(str, scripts)], text=True, check=False, capture_output=True)
    if out.returncode:
        yield out.stdout + out.stderr


def finds_break(function, breaks, tree):
    if callable(breaks):
        return any(function(tree, breaks(tree)))
    before = {}
    for name, text in breaks.items():
        path = tree / name
        path.parent.mkdir(parents=True, exist_ok=True)
        before[path] = path.read_bytes() if path.exists() else None
        path.write_bytes((before[path] or b"") + text.encode())
    found = any("broken" in problem for problem in function(tree))
    for path, content in before.items():
        path.unlink() if content is None else path.write_bytes(content)
    return found


def main(names):
    failed = False
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "tree"
        shutil.copytree(TOP, copy, ignore=SKIP)
        for name in names or CHECKS:
            function, breaks = CHECKS[name]
            problems = list(function(TOP))
            if not finds_break(function, breaks, copy):
                problems.append("the check does not see its own break")
            print(f"{'not ok' if problems else 'ok'} - lint/{name}", flush=True)
            for problem in problems[:20]:
                print(f"    | {problem}")
            failed = failed or bool(problems)
    sys.exit(failed)


if __name__ == "__main__":
    main(sys.argv[1:])
