// operator/domain/job/container.ts — a container action's image, words and variables, with its parameters filled in.
import type { Action, Execution } from '../../api/kinds.ts';
import { secretMark } from '../../api/envelope.ts';
import type { Refusal, ResolvedParameters } from '../action/resolve.ts';
import { pythonText, RenderError, renderText } from '../expression/render.ts';
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

/** What the author wrote may use $(NAME); a $ that stands alone must not join with a value that follows it. */
const authored = (text: string): string => text.replaceAll(/\$\$|\$\([^)]*\)|\$/g, (m) => (m === '$' ? '$$' : m));

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

export function containerParts(
  execution: Execution,
  action: Action,
  attempt: number,
  resolved: ResolvedParameters,
): ContainerParts {
  const { container } = action.spec;
  if (!container)
    return {
      ok: false,
      reason: 'ActionInvalid',
      message: 'spec.container is missing; give it with runner "container"',
    };
  const context = resolved.actionParameters;
  const text = (template: string, place: string): string => {
    const rendered = renderText(template, context, place, (value) => withoutExpansion(pythonText(value)), authored);
    if (rendered.includes(MARK)) throw new RenderError(template.slice(0, 80), place, SECRET_REMEDY);
    if (rendered.includes('\0'))
      throw new RenderError(template.slice(0, 80), place, 'it gives a NUL character, which no process can be given');
    return rendered;
  };
  const variable = ([name, template]: [string, string]): Variable => {
    const whole = /^\s*\{\{\s*(\w+)\s*\}\}\s*$/.exec(template)?.[1];
    const secret = whole !== undefined && Object.hasOwn(resolved.secrets, whole) ? resolved.secrets[whole] : undefined;
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
    if (error instanceof RenderError) return { ok: false, reason: 'RenderFailed', message: error.message };
    throw error;
  }
}

const SECRET_REMEDY =
  'a secret parameter would show in the pod; it may only be the whole value of a variable: spec.container.env.NAME: "{{ parameter }}"';
