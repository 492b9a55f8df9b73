# packs/packs/actions/get_config.py — the configuration of this pack, as its actions see it.
from st2common.runners.base_action import Action


class GetConfig(Action):
    def run(self):
        return dict(self.config)
