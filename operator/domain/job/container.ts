// operator/domain/job/container.ts — a container action's image, words and variables, with its parameters filled in.
import type { Action, Execution } from '../../api/kinds.ts';
import { secretMark } from '../../api/envelope.ts';
import type { Refusal, ResolvedParameters } from '../action/resolve.ts';
import { freeSigns } from '../action/secret-stand-ins.ts';
import { evaluating, type World } from '../expression/evaluation.ts';
import { ExpressionFault } from '../expression/fault.ts';
import { ST2_FUNCTIONS } from '../expression/functions/st2/table.ts';
import { createEnvironment, type Environment } from '../expression/jinja/environment.ts';
import { templateOf } from '../expression/jinja/rendering.ts';
import { str } from '../expression/python/repr.ts';
import type { Plain } from '../expression/python/values.ts';
import { executionVariables } from './task.ts';

/** A variable of a container, as in Kubernetes. */
type Variable =
  | { readonly name: string; readonly value: string }
  | {
      readonly name: string;
      readonly valueFrom: { readonly secretKeyRef: { readonly name: string; readonly key: string } };
    };

/** Kubernetes replaces $(NAME) in words and variables, and makes $ of $$: this is read back as it was. */
export const withoutExpansion = (text: string): string => text.replaceAll('$', '$$$$');

/** Characters that are in none of the texts. */
interface Signs {
  readonly environment: Environment;
  /** Stands for a $ that came out of an expression, until the author's own have been looked at. */
  readonly dollar: string;
  /** Stands before what came out of an expression: the author's $ must not join with it. */
  readonly seam: string;
  /** $$, the author's $(NAME), and any other $. */
  readonly expansion: RegExp;
}

const signsOf = (dollar: string, seam: string): Signs => ({
  dollar,
  seam,
  expansion: new RegExp(`\\$\\$|\\$\\([^)${seam}]*\\)|\\$`, 'gu'),
  environment: createEnvironment({
    filters: ST2_FUNCTIONS,
    finalize: (value) => seam + str(value).replaceAll('$', dollar),
  }),
});

/** Nearly always these two do; templates are compiled for each environment. */
const USUAL = signsOf('\u{e000}', '\u{e001}');

function signsFor(taken: string): Signs {
  const [dollar = '', seam = ''] = freeSigns(2, taken);
  return dollar === USUAL.dollar && seam === USUAL.seam ? USUAL : signsOf(dollar, seam);
}

/** What the author wrote may use $(NAME), all of it the author's; any other $ must not join with a value that follows it. */
const authored = (text: string, { dollar, seam, expansion }: Signs): string =>
  text
    .replaceAll(expansion, (m) => (m === '$' ? '$$' : m))
    .replaceAll(seam, '')
    .replaceAll(dollar, '$$$$');

const MARK = secretMark('').slice(0, -1);

export type ContainerParts =
  | {
      readonly ok: true;
      readonly image: string;
      readonly command?: readonly string[];
      readonly args?: readonly string[];
      readonly workingDir?: string;
      readonly env: readonly Variable[];
    }
  | Refusal;

export interface ContainerInput {
  readonly execution: Execution;
  readonly action: Action;
  readonly attempt: number;
  readonly resolved: ResolvedParameters;
  readonly world: World;
}

export function containerParts({ execution, action, attempt, resolved, world }: ContainerInput): ContainerParts {
  const { container } = action.spec;
  if (!container)
    return {
      ok: false,
      reason: 'ActionInvalid',
      message: 'spec.container is missing; give it with runner "container"',
    };
  const scope = { context: resolved.actionParameters as Plain };
  const signs = signsFor(JSON.stringify([container, resolved.actionParameters]));
  const text = (template: string, place: string): string => {
    try {
      const rendered = evaluating(world, () => templateOf(template, signs.environment).render(scope));
      if (rendered.includes(MARK)) throw new Misplaced(`${place}: ${SECRET_REMEDY}`);
      if (rendered.includes('\0'))
        throw new Misplaced(`${place}: it gives a NUL character, which no process can be given; remove it`);
      return authored(rendered, signs);
    } catch (error) {
      if (error instanceof ExpressionFault) throw new Misplaced(`${place}: ${template.slice(0, 80)}: ${error.message}`);
      throw error;
    }
  };
  const variable = ([name, template]: [string, string]): Variable => {
    const whole = /^\s*\{\{\s*(\w+)\s*\}\}\s*$/.exec(template)?.[1];
    const value = whole === undefined ? undefined : resolved.actionParameters[whole];
    const secret = Object.entries(resolved.secrets).find(([mark]) => value === secretMark(mark))?.[1];
    if (secret) return { name, valueFrom: { secretKeyRef: secret } };
    return { name, value: text(template, `spec.container.env.${name}`) };
  };
  try {
    const words = (list: readonly string[] | undefined, part: string) =>
      list?.map((word, i) => text(word, `spec.container.${part}[${i}]`));
    const command = words(container.command, 'command');
    const args = words(container.args, 'args');
    const own = Object.entries(executionVariables(execution, attempt)).map(([name, value]) => ({
      name,
      value: withoutExpansion(value),
    }));
    const env = Object.entries(container.env ?? {}).map(variable);
    return {
      ok: true,
      image: container.image,
      ...(command ? { command } : {}),
      ...(args ? { args } : {}),
      ...(container.workingDir === undefined ? {} : { workingDir: container.workingDir }),
      env: [...own.filter(({ name }) => !env.some((given) => given.name === name)), ...env],
    };
  } catch (error) {
    if (error instanceof Misplaced) return { ok: false, reason: 'RenderFailed', message: error.message };
    throw error;
  }
}

/** A text of the container that cannot be used; the message names its place. */
class Misplaced extends Error {}

const SECRET_REMEDY =
  'a secret parameter would show in the pod; it may only be the whole value of a variable: spec.container.env.NAME: "{{ parameter }}"';
