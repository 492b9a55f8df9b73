# packs/packs/actions/get_pack_dependencies.py — packs that were fetched → what they depend on and is not here, and what cannot be had.
import re

from pack_action import PackAction, succeeded
from pack_objects import has_failed, is_done, name_of, split_spec

WAIT_SECONDS = 600
CONFLICT = re.compile(r'pack "[^"]+" needs "([^"]+)"')


class GetPackDependencies(PackAction):
    def run(self, packs_status, nested=3):
        if not packs_status or nested == 0:
            return {}
        wanted, conflicts = {}, []
        for name in succeeded(packs_status):
            status = self.packs.until(name, WAIT_SECONDS, lambda pack: has_failed(pack) or is_done(pack))["status"]
            # The operator compares with what is installed; a pack that needs another version says so in its warnings.
            for one in filter(CONFLICT.match, status.get("warnings", [])):
                self.logger.warning("%s", one)
                conflicts.append(CONFLICT.match(one).group(1))
            for spec in status.get("missing", []):
                dependency, version = name_of(spec), split_spec(spec)[1]
                if dependency in packs_status:
                    continue  # it was fetched in an earlier round; the operator has not compared again yet
                if dependency not in wanted:
                    wanted[dependency] = (spec, version)
                elif version != wanted[dependency][1]:
                    conflicts.append(spec)
        return {
            "dependency_list": [spec for spec, _ in wanted.values()],
            "conflict_list": list(dict.fromkeys(conflicts)),
            "nested": nested - 1,
        }
