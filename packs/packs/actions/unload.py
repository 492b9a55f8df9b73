# packs/packs/actions/unload.py — takes packs out of use; their objects stay, disabled, until load or delete.
import json

from pack_action import PackAction
from pack_objects import list_of
from unloading import ANNOTATION, OVERRIDES, refuse_system


class Unload(PackAction):
    def run(self, packs):
        names = list_of(packs)
        refuse_system(names)
        unloaded = [name for name in names if self.unload(name)]
        if not unloaded:
            return "There was nothing to unload"
        return "Successfully unloaded the following packs: %s" % ", ".join(unloaded)

    def unload(self, name):
        """Whether it is there."""
        pack = self.packs.find(name)
        if pack is None:
            self.logger.warning("Pack %s is not there", name)
            return False
        if ANNOTATION in pack["metadata"].get("annotations", {}):
            return True
        before = json.dumps(pack["spec"].get("overrides") or {})
        changed = self.packs.change(name, {"overrides": OVERRIDES}, {ANNOTATION: before})
        self.packs.until(name, 60, lambda _: True, changed["metadata"].get("generation", 1))
        return True
