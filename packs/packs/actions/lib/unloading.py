# packs/packs/actions/lib/unloading.py — a pack that is unloaded: installed, and nothing of it may be used.

ANNOTATION = "packs.squall.dev/unloaded"
"""Its value is the overrides, as JSON, that the Pack had before."""

NOTHING = {"defaults": {"enabled": False}, "exceptions": None}
OVERRIDES = {kind: NOTHING for kind in ("actions", "rules", "sensors", "aliases")}
SYSTEM = ("core", "packs")


def refuse_system(packs):
    for pack in packs:
        if pack in SYSTEM:
            raise ValueError('Pack "%s" is part of the system, and is not taken away by its own actions' % pack)


def restored(before):
    """What patches the overrides back to those that were."""
    if not before:
        return None
    parts = {kind: before.get(kind) or {} for kind in OVERRIDES}
    return {
        kind: {"defaults": part.get("defaults"), "exceptions": part.get("exceptions")} if part else None
        for kind, part in parts.items()
    }
