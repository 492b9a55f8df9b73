# packs/packs/actions/virtualenv_prerun.py — what came of download → the list of packs that go on.
from pack_action import succeeded
from st2common.runners.base_action import Action


class VirtualenvPrerun(Action):
    def run(self, packs_status, packs_list=None):
        return [*(packs_list or []), *succeeded(packs_status)]
