# SPDX-License-Identifier: LGPL-2.1-or-later
"""What is compared: the rows of each table, and how one run of one row goes."""

import os
import re
import signal
import statistics
import subprocess

LOCATION = 'location="rtmp://127.0.0.1:@PORT@/live/stream%s"'
RTMP = LOCATION % ""
# Without live=1 librtmp's source pauses and unpauses a stream at its end.
LIBRTMP = LOCATION % " live=1"
URL = "rtmp://127.0.0.1:@PORT@/live/stream"
TCP = "host=127.0.0.1 port=@PORT@"
FLV_OVERHEAD = 15  # of a tag around its body
OURS, LIMIT = "ours, chunk 65536", "tcpclient%s (the limit)"
SCHEMES = ("rtmp", "rtmps", "rtmpe", "rtmpt", "rtmpts", "rtmpte")
TLS = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))),
                   "files", "tls")
LISTENER = ('name=listener location=rtmp://127.0.0.1/live/stream port=0 '
            f'tls-certificate-file="{TLS}/server.pem" '
            f'tls-key-file="{TLS}/server.key"')
# What the far end of a client that publishes does, or of one that plays. It
# waits for the client, and nothing is lost.
SERVERS = {"publish": ["play", "rtmpserversrc " + LISTENER],
           "play": ["publish", "rtmpserversink wait-for-player=true "
                    "max-queue-bytes=0 max-queue-time=0 eos-timeout=0 "
                    "gop-cache=false sync=false " + LISTENER]}
PACE = 25  # pictures a second
MISSING = ("not installed", "not built")  # no fault of a row's


class Failed(Exception):
    """A run that gave no result; its text says why."""


class Row:
    """One line of a table; baselines come before what they are taken from."""

    def __init__(self, name, plugin, element, base=None, far="rtmp",
                 chunk=65536, sizes=None):
        self.name = name
        self.plugin = plugin
        self.element = element
        self.base = base
        self.far = far
        self.chunk = chunk
        self.sizes = sizes
        self.samples = []
        self.problem = None if not plugin or os.path.exists(plugin) \
            else MISSING[0]

    def median(self, *keys):
        return statistics.median(sum(s[k] for k in keys)
                                 for s in self.samples)

    def net(self, *keys):
        value = self.median(*keys)
        if self.base and self.base.samples:
            value -= self.base.median(*keys)
        return value

    def is_bad(self):
        """Whether its absence is a failure, and not just a peer's limit."""
        return self.problem and not self.problem.endswith(MISSING) and (
            self.problem.startswith("FAILED") or self.name.startswith("ours"))


def element_rows(ours, system):
    """publish and play: rows for one size of messages."""
    rtmp2 = system + "/libgstrtmp2.so"
    librtmp = system + "/libgstrtmp.so"
    tcp = system + "/libgsttcp.so"
    fakesink = Row("fakesink (baseline)", system + "/libgstcoreelements.so",
                   "fakesink", far="none")
    publish = [fakesink] + [Row(*row, fakesink) for row in (
        (OURS, ours, f"rtmpsink {RTMP} sync=false chunk-size=65536"),
        ("ours, chunk 128", ours,
         f"rtmpsink {RTMP} sync=false chunk-size=128"),
        ("rtmp2, chunk 65536", rtmp2,
         f"rtmp2sink {RTMP} sync=false chunk-size=65536"),
        ("rtmp2, chunk 128", rtmp2,
         f"rtmp2sink {RTMP} sync=false chunk-size=128"),
        ("librtmp", librtmp, f"rtmpsink {LIBRTMP} sync=false"))]
    publish.append(Row(LIMIT % "sink", tcp, f"tcpclientsink {TCP} sync=false",
                       fakesink, "tcp"))

    # What pushing buffers into a sink costs: as many as the source makes.
    tags = Row("tags (baseline)", None, "benchsink", far="none")
    blocks = Row("4 kB blocks (baseline)", None, "benchsink", far="none",
                 sizes=str(4096 - FLV_OVERHEAD))
    play = [tags, blocks]
    for name, plugin, element, base in (
            ("ours", ours, f"rtmpsrc {RTMP}", tags),
            ("rtmp2", rtmp2, f"rtmp2src {RTMP}", tags),
            ("librtmp", librtmp, f"rtmpsrc {LIBRTMP}", blocks)):
        for chunk in (65536, 128):
            play.append(Row(f"{name}, chunk {chunk}", plugin, element, base,
                            chunk=chunk))
    play.append(Row(LIMIT % "src", tcp, f"tcpclientsrc {TCP}", blocks, "tcp"))
    return {"publish": publish, "play": play}


def trip_rows(ours, system):
    """(mode, row, words of a command) for each client."""
    for mode, name, plugin, element in (
            ("publish", "ours", ours, f"rtmpsink {RTMP} sync=false"),
            ("publish", "rtmp2", system + "/libgstrtmp2.so",
             f"rtmp2sink {RTMP} sync=false"),
            ("publish", "librtmp", system + "/libgstrtmp.so",
             f"rtmpsink {LIBRTMP} sync=false"),
            ("play", "ours", ours, f"rtmpsrc {RTMP}"),
            ("play", "rtmp2", system + "/libgstrtmp2.so", f"rtmp2src {RTMP}"),
            ("play", "librtmp", system + "/libgstrtmp.so",
             f"rtmpsrc {LIBRTMP}")):
        yield mode, Row(name, plugin, element), None
    ffmpeg = ["ffmpeg", "-nostdin", "-hide_banner"]
    test = ["-f", "lavfi", "-i", "testsrc=size=64x64:rate=25", "-c:v", "flv1"]
    yield "publish", Row("ffmpeg", None, None), \
        ffmpeg + test + ["-f", "flv", URL]
    yield "play", Row("ffmpeg", None, None), \
        ffmpeg + ["-i", URL, "-c", "copy", "-f", "null", "-"]


def mux_rows(ours, system):
    """Of one kind side by side; the options of rtmpmuxbench are the element
    of a row. What goes into a demuxer our muxer has made."""
    flv = system + "/libgstflv.so"
    return [Row(" ! ".join(names), plugin,
                [f"--plugin={ours}", f"--plugin={plugin}"]
                + [f"--{kind}={name}" for kind, name in zip(kinds, names)])
            for kinds in (["mux"], ["demux"], ["mux", "demux"])
            for plugin, prefix in ((ours, "rtmp"), (flv, "flv"))
            for names in [[prefix + kind for kind in kinds]]]


# Where there is nothing to measure: docs/design/benchmarks.md.
LIBRTMP_LIMITS = {
    ("publish", "librtmp, rtmpts"): "cuts messages above 16 kB",
    ("play", "librtmp, rtmpt"): "ends in mid-stream",
    ("play", "librtmp, rtmpts"): "ends in mid-stream",
    ("play", "librtmp, rtmpte"): "ends in mid-stream"}


def scheme_rows(ours, system, schemes):
    """publish and play: both clients that know them, in each scheme; the words
    of rtmpbench are the element of a row. librtmp's source loses what it has
    not handed on when the server says that the stream has ended."""
    def row(mode, name, scheme):
        element = {"publish": "rtmpsink sync=false", "play": "rtmpsrc"}[mode]
        url = f"{scheme}://127.0.0.1:@PORT@/live/stream"
        if name == "ours":
            return Row(f"{name}, {scheme}", ours, [
                mode, f'{element} location="{url}" '
                f'tls-ca-file="{TLS}/ca.pem"'])
        made = Row(f"{name}, {scheme}", system + "/libgstrtmp.so", [
            "--but-last", mode, f'{element} location="{url} live=1"'])
        made.problem = made.problem or LIBRTMP_LIMITS.get((mode, made.name))
        return made
    return {mode: [row(mode, name, scheme) for name in ("ours", "librtmp")
                   for scheme in schemes] for mode in SERVERS}


class Bench:
    """Starts the programs of a build, one at a time, alone."""

    def __init__(self, builddir, timeout, verify, directory):
        self.programs = builddir + "/tests/benchmarks/"
        self.preload = self.programs + "libbenchpreload.so"
        self.timeout = timeout
        self.verify = verify
        self.callgrind = [
            "valgrind", "--tool=callgrind", "--fair-sched=try",
            "--child-silent-after-fork=yes",
            f"--callgrind-out-file={directory}/callgrind.%p"]
        self.env = dict(
            os.environ, GST_REGISTRY=directory + "/registry.bin",
            GST_PLUGIN_SYSTEM_PATH_1_0="", GST_PLUGIN_PATH_1_0="",
            GST_PLUGIN_SYSTEM_PATH="", GST_PLUGIN_PATH="")

    def start(self, command, **env):
        try:
            return subprocess.Popen(
                command, env=dict(self.env, **env), text=True,
                stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                stderr=subprocess.PIPE, start_new_session=True)
        except FileNotFoundError:
            raise Failed(f"{command[0]} is not installed") from None

    def finish(self, process):
        """What it printed, output and errors; Failed unless it succeeded."""
        try:
            out, err = process.communicate(timeout=self.timeout)
        except subprocess.TimeoutExpired:
            self.stop(process)
            raise Failed(f"timeout ({self.timeout:g} s)") from None
        if process.returncode != 0:
            lines = err.strip().splitlines() or [f"exit {process.returncode}"]
            raise Failed("FAILED: " + "; ".join(lines[-3:]))
        return out, err

    @staticmethod
    def stop(process):
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        process.communicate()

    def run(self, command, **env):
        return self.finish(self.start(command, **env))

    @staticmethod
    def values(out):
        return {k: float(v) for k, v in
                (word.split("=") for word in out.split())}

    def collect(self, command):
        """Instructions of its own, as callgrind counts them. Long copies go
        by vectors: the one instruction that copies any number of bytes would
        count as one for each."""
        _, err = self.run(
            command, G_SLICE="",
            GLIBC_TUNABLES="glibc.cpu.x86_rep_movsb_threshold=0x7fffffff")
        return int(re.search(r"Collected : (\d+)", err)[1])

    def element_command(self, row, mode, sizes, byte_count):
        command = [self.programs + "rtmpbench", f"--far={row.far}",
                   f"--chunk-size={row.chunk}", f"--bytes={byte_count}",
                   f"--sizes={row.sizes or sizes}"]
        if row.plugin:
            command.append(f"--plugin={row.plugin}")
        # The baseline of playing is our own source into the sink that counts.
        return command + ["publish" if row.far == "none" else mode,
                          row.element]

    def cost(self, row, *what):
        """Times and switches."""
        verify = ["--verify"] if self.verify else []
        return self.values(self.run(self.element_command(row, *what)
                                    + verify)[0])

    def run_counting(self, command):
        if not os.path.exists(self.preload):
            raise Failed("not built")
        return self.values(self.run(command, LD_PRELOAD=self.preload)[0])

    def copies(self, row, *what):
        return self.run_counting(self.element_command(row, *what))

    def instructions(self, row, mode, sizes, byte_count):
        """Of the stream itself: what three times as much of it takes more."""
        def count(n):
            return self.collect(self.callgrind + self.element_command(
                row, mode, sizes, n))
        return {"instructions": (count(3 * byte_count) - count(byte_count))
                / 2}

    def chunk_command(self, side, sizes, chunk, byte_count):
        return [self.programs + "rtmpchunkbench", f"--sizes={sizes}",
                f"--chunk-size={chunk}", f"--bytes={byte_count}", side]

    def chunk_copies(self, *what):
        return self.run_counting(self.chunk_command(*what))["copied"]

    def chunk_instructions(self, *what):
        return self.collect(
            self.callgrind + ["--collect-atstart=no",
                              "--toggle-collect=measure*"]
            + self.chunk_command(*what))

    def scheme(self, row, mode, ours, sizes, byte_count, *args):
        """A client and the server it calls, each of which measures itself."""
        program = [self.programs + "rtmpbench", f"--sizes={sizes}",
                   f"--bytes={byte_count}", *args]
        if self.verify and not args:
            program.append("--verify")
        server = self.start(program + ["--far=none", "--listen",
                                       f"--plugin={ours}", *SERVERS[mode]])
        try:
            port = server.stdout.readline().strip().removeprefix("port=")
            client = port and self.run(program + [
                f"--port={port}", f"--plugin={row.plugin}", *row.element])[0]
            out, _ = self.finish(server)
        finally:
            self.stop(server)
        client, server = self.values(client), self.values(out)
        return {**server, **client, "far": server["user"] + server["sys"]}

    def mux_command(self, row, size, frames, *args):
        return [self.programs + "rtmpmuxbench", f"--size={size}",
                f"--frames={frames}", *row.element, *args]

    def mux(self, row, *what):
        return self.values(self.run(self.mux_command(row, *what))[0])

    def mux_copies(self, row, *what):
        return self.run_counting(self.mux_command(row, *what))

    def trips(self, mode, row, command, delay):
        if command is None:
            command = self.element_command(
                row, mode, "1000,400", 100000) + ["--port=@PORT@"]
        return self.values(self.run(
            [self.programs + "rtmptrips", f"--delay={delay}", mode, "--"]
            + command)[0])["trips"]
