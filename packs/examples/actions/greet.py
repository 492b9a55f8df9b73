# packs/examples/actions/greet.py — run() gets the parameters; what it returns is the result.
from st2common.runners.base_action import Action


class Greet(Action):
    def run(self, name, times=1):
        self.logger.info("greeting %s", name)
        greeting = " ".join(["%s, %s!" % (self.config["greeting"], name)] * times)
        signature = self.config.get("signature")
        return {"greeting": greeting, "signed": bool(signature)}
