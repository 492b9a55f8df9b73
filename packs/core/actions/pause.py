# packs/core/actions/pause.py — waits, for the whole time or for a part of it that chance decides.
import random as chance
import time

from st2common.runners.base_action import Action


class Pause(Action):
    def run(self, max_pause, random=False):
        seconds = chance.randint(min(1, max_pause), max_pause) if random else max_pause
        self.logger.info("waiting for %d s", seconds)
        time.sleep(seconds)
        return seconds
