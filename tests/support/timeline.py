#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""timeline.py FILE [--arrows]: is this a trace that Perfetto shows as it is meant?

The rules are those of the Trace Event Format, with times as the decimal numbers that they are: slices of one track nest
strictly - here they do not even touch but end to start -, what begins ends and not before it began, every arrow starts
inside a slice of another track than the one it ends on, and ends where a slice begins; every track has a name. With
--arrows there must be arrows.
"""
import json
import sys
from decimal import Decimal


def tracks_of(events):
    """Slices by track, in order."""
    named = {(e["pid"], e["tid"]) for e in events if e["ph"] == "M" and e["name"] == "thread_name"}
    tracks = {}
    for e in events:
        if e["ph"] != "X":
            continue
        track = (e["pid"], e["tid"])
        assert track in named, f"track {track} has no name"
        assert e["dur"] >= 0, f"a slice of track {track} ends before it begins"
        tracks.setdefault(track, []).append((e["ts"], e["ts"] + e["dur"]))
    for track, slices in tracks.items():
        slices.sort()
        for (_, end), (start, _) in zip(slices, slices[1:]):
            assert start >= end, f"slices of track {track} overlap: one ends at {end}, one begins at {start}"
    return tracks


def look_at_spans(events):
    """Async events: one end for each beginning, and not before it."""
    open_at, seen = {}, set()
    for e in events:
        if e["ph"] not in ("b", "e"):
            continue
        name = (e["pid"], e["cat"], e["id"], e["name"])
        if e["ph"] == "b":
            assert name not in seen, f"{name} begins twice"
            seen.add(name)
            open_at[name] = e["ts"]
        else:
            assert open_at.pop(name) <= e["ts"], f"{name} ends before it begins"
    assert not open_at, f"without an end: {open_at}"


def look_at_arrows(events, tracks):
    starts, ends = {}, {}
    for e in events:
        if e["ph"] in ("s", "f"):
            side = starts if e["ph"] == "s" else ends
            assert e["id"] not in side, f"two arrows have the id {e['id']}"
            side[e["id"]] = ((e["pid"], e["tid"]), e["ts"])
    assert starts.keys() == ends.keys(), "an arrow lacks an end"
    begins = {track: {s for s, _ in slices} for track, slices in tracks.items()}
    stops = {track: {e for _, e in slices} for track, slices in tracks.items()}
    for name, (track, ts) in starts.items():
        other, at = ends[name]
        assert other != track, f"arrow {name} stays on its track"
        assert any(s <= ts <= e for s, e in tracks[track]), f"arrow {name} starts nowhere"
        # Behind the last switch of a burst nothing is shown.
        assert at in begins.get(other, ()) or at in stops[track], f"arrow {name} ends nowhere"
    return starts


def main(path, wants_arrows):
    with open(path) as file:
        events = json.load(file, parse_float=Decimal)["traceEvents"]
    look_at_spans(events)
    arrows = look_at_arrows(events, tracks_of(events))
    assert arrows or not wants_arrows, "there are no arrows"


if __name__ == "__main__":
    main(sys.argv[1], "--arrows" in sys.argv[2:])
