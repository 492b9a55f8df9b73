# packs/packs/actions/load.py — waits until the content of packs is registered; brings back what unload took.
import json
from collections import Counter

from pack_action import PackAction
from pack_objects import Refused, condition, has_failed, is_done, list_of, ref_of, verdict
from unloading import ANNOTATION, restored


class Load(PackAction):
    def run(self, register="all", packs=None, timeout_seconds=300):
        if register != "all":
            self.logger.info("%s: all kinds of a pack are always registered together", register)
        names = list_of(packs) or [ref_of(pack) for pack in self.packs.all()]
        counts = Counter()
        for name, generation in [(name, self.enable(name)) for name in names]:
            found = self.packs.until(name, timeout_seconds, is_registered, generation)
            if has_failed(found) or condition(found, "Registered")[0] != "True":
                raise Refused(0, "Pack %s: %s" % (name, verdict(found)))
            counts.update(found["status"].get("counts", {}))
        return dict(counts)

    def enable(self, name):
        """The generation of the Pack that is waited for."""
        pack = self.packs.get(name)
        before = pack["metadata"].get("annotations", {}).get(ANNOTATION)
        if before is not None:
            pack = self.packs.change(name, {"overrides": restored(json.loads(before))}, {ANNOTATION: None})
        return pack["metadata"].get("generation", 1)


def is_registered(pack):
    return has_failed(pack) or is_done(pack)
