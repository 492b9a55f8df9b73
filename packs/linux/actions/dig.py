# packs/linux/actions/dig.py — asks the domain name system by dig; the answers as a list.
import random
import subprocess

from st2common.runners.base_action import Action

SECONDS = 60


class Dig(Action):
    def run(self, hostname, querytype="A", nameserver=None, queryopts="short", count=0, rand=False):
        words = ["dig"]
        if nameserver:
            words.append("@" + nameserver)
        words += [hostname, querytype]
        words += ["+" + option.strip() for option in (queryopts or "").split(",") if option.strip()]
        # A name that begins like an option would be one.
        if hostname.startswith(("-", "+", "@")):
            raise ValueError('hostname: "%s" is no name' % hostname)
        try:
            done = subprocess.run(words, capture_output=True, text=True, timeout=SECONDS)
        except FileNotFoundError:
            return False, "There is no program dig here; the packages dnsutils or bind-utils have it"
        if done.returncode != 0:
            return False, (done.stderr or done.stdout).strip() or "dig ended with exit code %d" % done.returncode
        said = done.stdout.replace('"', "") if querytype.lower() == "txt" else done.stdout
        answers = [line for line in said.splitlines() if line.strip()]
        if count > 0:
            answers = answers[:count]
        if rand:
            random.shuffle(answers)
        return answers
