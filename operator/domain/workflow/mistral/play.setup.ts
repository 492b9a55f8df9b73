// operator/domain/workflow/mistral/play.setup.ts — plays a run in tests: a definition in, children answered one by one.
import type { Datastore } from '../../expression/functions/call.ts';
import type { Plain } from '../../expression/python/values.ts';
import type { Child, ChildStatus, Entry, Step } from '../engine.ts';
import type { MistralSettings } from './begin.ts';
import { parseMistral } from './parse.ts';
import { type MistralRun, newMistralRun } from './run.ts';

export interface Played {
  readonly run: MistralRun;
  /** Children that have not been answered, in the order in which they were asked for. */
  readonly open: Child[];
  readonly told: string[];
  readonly entries: Entry[];
  enter(entry: Entry): Step;
  /** Ends a child; a second passes. */
  end(key: string, result?: unknown, status?: ChildStatus): Step;
  /** Answers all that wait, and all that come of it; `failing` are keys. */
  endAll(answer?: (child: Child) => unknown, failing?: readonly string[]): void;
  keys(): string[];
  states(): Record<string, string>;
  output(): Record<string, unknown>;
  extra(): { readonly state: string; readonly state_info: string | null };
}

export interface Play {
  readonly input?: Readonly<Record<string, unknown>>;
  readonly settings?: MistralSettings;
  readonly context?: Plain;
  readonly datastore?: Datastore;
}

/** The definition is one workflow, `wf`: what is under its name. */
export const playWorkflow = (body: string, play: Play = {}): Played =>
  playText(`version: '2.0'\nwf:\n${body.replaceAll(/^(?=.)/gm, '  ')}`, play);

export function playText(text: string, { input = {}, settings = {}, context = {}, datastore }: Play = {}): Played {
  const { definition, findings } = parseMistral(text);
  if (!definition) throw new Error(JSON.stringify(findings));
  const beginning = { parameters: input as Plain, context: context as Plain, uid: 'uid' };
  const run = newMistralRun(definition, beginning, settings);
  const [open, told, entries]: [Child[], string[], Entry[]] = [[], [], []];
  let nowMs = 1_700_000_000_000;
  const enter = (entry: Entry): Step => {
    nowMs += 1000;
    entries.push(entry);
    const step = run.advance(entry, { nowMs, seed: entries.length, datastore });
    open.push(...step.children);
    told.push(...step.tell.map(({ key, request }) => `${request} ${key}`));
    return step;
  };
  const end = (key: string, result: unknown = {}, status: ChildStatus = 'succeeded'): Step => {
    const at = open.findIndex((child) => child.key === key);
    if (at < 0) throw new Error(`no child ${key}: ${open.map((child) => child.key).join(' ')}`);
    const [child] = open.splice(at, 1);
    nowMs += (child?.delaySeconds ?? 0) * 1000;
    return enter({ is: 'child', key, status, result: result as Plain });
  };
  const played: Played = {
    run,
    open,
    told,
    entries,
    enter,
    end,
    endAll: (answer = () => ({}), failing = []) => {
      for (let child = open[0]; child; child = open[0]) {
        end(child.key, answer(child), failing.includes(child.key) ? 'failed' : 'succeeded');
      }
    },
    keys: () => open.map(({ key }) => key),
    states: () => Object.fromEntries(run.tasks().map(({ task, status }) => [task, status])),
    output: () => {
      const { tasks: _, extra: __, ...output } = run.result() as Record<string, unknown>;
      return output;
    },
    extra: () => run.result()['extra'] as unknown as { state: string; state_info: string | null },
  };
  enter({ is: 'start' });
  return played;
}
