# packs/packs/actions/get_pack_warnings.py — packs that were fetched → what is odd about them.
from pack_action import PackAction, succeeded


class GetPackWarnings(PackAction):
    def run(self, packs_status):
        if not packs_status:
            return {}
        found = [(name, self.packs.find(name)) for name in succeeded(packs_status)]
        said = [(name, text) for name, pack in found if pack for text in pack.get("status", {}).get("warnings", [])]
        return {"warning_list": ["%s: %s" % (name, text) for name, text in said]}
