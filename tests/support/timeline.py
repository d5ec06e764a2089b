#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""timeline.py FILE [--arrows]: is this a trace that Perfetto shows as it is meant?

Slices of one track neither overlap nor begin before the track does; every arrow starts inside a slice of another track
than the one it ends on, and ends where a slice begins; every track has a name. With --arrows there must be arrows.
"""
import json
import sys

EPSILON = 0.001  # microseconds: times are written with four decimals


def main(path, wants_arrows):
    events = json.load(open(path))["traceEvents"]
    named = {(e["pid"], e["tid"]) for e in events if e["ph"] == "M" and e["name"] == "thread_name"}
    tracks, starts, ends = {}, {}, {}
    for e in events:
        track = (e["pid"], e["tid"])
        if e["ph"] == "X":
            assert track in named, f"track {track} has no name"
            tracks.setdefault(track, []).append((e["ts"], e["ts"] + e["dur"]))
        elif e["ph"] in "sf":
            side = starts if e["ph"] == "s" else ends
            assert e["id"] not in side, f"two arrows have the id {e['id']}"
            side[e["id"]] = (track, e["ts"])
    for track, slices in tracks.items():
        slices.sort()
        for (_, end), (start, _) in zip(slices, slices[1:]):
            assert start > end - EPSILON, f"slices of track {track} overlap at {start}"
    assert starts.keys() == ends.keys(), "an arrow lacks an end"
    for name, (track, ts) in starts.items():
        other, at = ends[name]
        assert other != track, f"arrow {name} stays on its track"
        assert any(s - EPSILON < ts < e + EPSILON for s, e in tracks[track]), f"arrow {name} starts nowhere"
        if not any(abs(s - at) < EPSILON for s, _ in tracks.get(other, [])):
            last = max(e for _, e in tracks[track])  # the last switch of a burst: what follows is not shown
            assert any(abs(at - e) < EPSILON for _, e in tracks[track]) and at <= last + EPSILON, f"arrow {name} ends nowhere"
    assert starts or not wants_arrows, "there are no arrows"


if __name__ == "__main__":
    main(sys.argv[1], "--arrows" in sys.argv[2:])
