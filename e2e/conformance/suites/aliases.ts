// e2e/conformance/suites/aliases.ts — chat messages: a command and a format → parameters; immutable parameters.
import { addImmutable, matchCommand, matchCommandMultiple } from '../../../operator/domain/alias/command.ts';
import { evaluating } from '../../../operator/domain/expression/evaluation.ts';
import type { Datastore } from '../../../operator/domain/expression/functions/call.ts';
import { Dict, isDict } from '../../../operator/domain/expression/python/dict.ts';
import { isList } from '../../../operator/domain/expression/python/values.ts';
import type { Answer, Case, Suite } from '../suite.ts';
import { decode } from '../tagged.ts';

export const suite: Suite = {
  name: 'aliases',
  run: (one): Answer => evaluating({ nowMs: 0, seed: 0 }, () => answer(one)),
};

function answer(one: Case): Answer {
  const format = (one['format'] ?? '') as string;
  const command = (one['command'] ?? '') as string;
  switch (one.mode) {
    case 'match':
      return { result: new Dict(matchCommand(format, command)) };
    case 'match_multiple':
      return { result: matchCommandMultiple(format, command).map((parameters) => new Dict(parameters)) };
    case 'immutable': {
      const immutable = decode(one['immutable'] ?? null);
      const commands = decode(one['parameters']);
      const context = decode(one['action_context'] ?? {});
      if (!isList(commands) || !commands.every(isDict) || !isDict(context))
        throw new Error('the case has another form');
      const scope = { context, datastore: datastoreOf(one) };
      return { result: addImmutable(isDict(immutable) ? immutable : undefined, commands, scope) };
    }
    default:
      throw new Error(`mode ${String(one.mode)} is not known`);
  }
}

function datastoreOf(one: Case): Datastore {
  const kv = (one['kv'] ?? {}) as Readonly<Record<string, Readonly<Record<string, string>>>>;
  return {
    read(scope, user, name) {
      const entries = kv[scope] ?? {};
      const id = scope === 'user' ? `${user}:${name}` : name;
      return Object.hasOwn(entries, id) ? entries[id] : undefined;
    },
  };
}
