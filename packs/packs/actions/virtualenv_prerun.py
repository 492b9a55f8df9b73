# packs/packs/actions/virtualenv_prerun.py — what came of download → the list of packs that go on.
from pack_action import succeeded
from st2common.runners.base_action import Action


class VirtualenvPrerun(Action):
    def run(self, packs_status, packs_list=None):
        # Orquesta merges what is published into what was there: packs of earlier rounds come again.
        return list(dict.fromkeys([*(packs_list or []), *succeeded(packs_status)]))
