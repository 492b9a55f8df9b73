# packs/packs/actions/setup_virtualenv.py — waits until the environments of packs are there, or has them built again.
from datetime import datetime, timezone

from pack_action import PackAction
from pack_objects import Refused, condition, has_failed, list_of, verdict


class SetupVirtualenv(PackAction):
    def run(self, packs, update=False, no_download=True, env=None, timeout_seconds=600):
        if env:
            self.logger.warning("env does nothing here: set variables of installations in config.podEnvironment of the chart")
        names = list_of(packs)
        asked = [(name, self.ask(name, update)) for name in names]
        for name, generation in asked:
            found = self.packs.until(name, timeout_seconds, is_built, generation)
            if has_failed(found):
                raise Refused(0, "Pack %s: %s" % (name, verdict(found)))
        return "Successfully set up virtualenv for the following packs: %s" % ", ".join(names)

    def ask(self, name, update):
        """The generation of the Pack that is waited for."""
        pack = self.packs.get(name)
        if update:
            pack = self.packs.change(name, {"reinstall": datetime.now(timezone.utc).isoformat()})
        return pack["metadata"].get("generation", 1)


def is_built(pack):
    return has_failed(pack) or condition(pack, "EnvironmentReady")[0] == "True"
