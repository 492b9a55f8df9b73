// operator/domain/workflow/orquesta/schema.ts — the JSON schema of a definition, and what it has against one.
import { compileSchema } from '../../action/json-schema.ts';
import type { Problem, Step } from '../../action/schema-problem.ts';
import { evaluating, NOWHEN } from '../../expression/evaluation.ts';
import { repr } from '../../expression/python/repr.ts';
import { Float, type Plain, type Value } from '../../expression/python/values.ts';
import type { Finding } from '../engine.ts';
import { pathText } from './findings.ts';
import { DEFINITION_LIMITS } from './load.ts';

const TEXT = { type: 'string', minLength: 1 };
const COUNT = { type: 'integer', minimum: 0 };
const TEXT_OR_COUNT = { oneOf: [TEXT, COUNT] };
const TEXTS = { type: 'array', items: TEXT, uniqueItems: true, minItems: 1 };
const ANYTHING = {
  anyOf: ['null', 'array', 'boolean', 'integer', 'number', 'object', 'string'].map((type) => ({ type })),
};
/** Names that are checked; what is called otherwise is let through. */
const NAME = '^\\w+$';
const NAMED = { type: 'object', minProperties: 1, patternProperties: { [NAME]: ANYTHING } };
const ONE_NAMED = { ...NAMED, maxProperties: 1 };
const listOf = (items: Plain): Plain => ({ type: 'array', items, uniqueItems: true, minItems: 1 });
const closed = (properties: Plain, required: readonly string[] = []): Plain => ({
  type: 'object',
  properties,
  ...(required.length > 0 ? { required } : {}),
  additionalProperties: false,
});

const EXPRESSION = '({{.*?}}|<%.*?%>)';
const ITEMS = `^(\\s+)?${EXPRESSION}(\\s+)?$|^(\\s+)?((\\w+,\\s?|\\s+)+)?(\\w+)\\s+in\\s+${EXPRESSION}(\\s+)?$`;

const TRANSITION = closed({
  when: TEXT,
  publish: { oneOf: [TEXT, listOf(ONE_NAMED)] },
  do: { oneOf: [TEXT, TEXTS] },
});
const TASK = closed({
  delay: TEXT_OR_COUNT,
  join: { oneOf: [{ enum: ['all'] }, COUNT] },
  with: closed({ items: { ...TEXT, pattern: ITEMS }, concurrency: TEXT_OR_COUNT }),
  action: TEXT,
  input: { oneOf: [TEXT, NAMED] },
  retry: closed({ when: TEXT, count: TEXT_OR_COUNT, delay: TEXT_OR_COUNT }, ['count']),
  next: { type: 'array', items: TRANSITION },
});
const SCHEMA: Plain = closed(
  {
    vars: listOf(ONE_NAMED),
    input: listOf({ oneOf: [TEXT, ONE_NAMED] }),
    output: listOf(ONE_NAMED),
    tasks: { type: 'object', minProperties: 1, patternProperties: { [NAME]: TASK } },
    name: TEXT,
    version: {
      anyOf: [TEXT, COUNT, { type: 'number', minimum: new Float(0) }],
      enum: ['1.0', new Float(1)],
    },
    description: TEXT,
    tags: TEXTS,
  },
  ['tasks'],
);

/** Made when it is first needed: it costs some milliseconds. */
let compiled: ((value: Value) => readonly Problem[]) | undefined;

/** What the schema has against a definition, in no particular order. */
export function schemaFindings(definition: Value): readonly Finding[] {
  const found = evaluating(
    NOWHEN,
    () => {
      compiled ??= compileSchema(SCHEMA);
      return compiled(definition).map(findingOf);
    },
    DEFINITION_LIMITS,
  );
  return found;
}

function findingOf({ text, keyword, path }: Problem): Finding {
  const specPath = pathText(path);
  return {
    type: 'syntax',
    message: unescaped(text(repr)),
    ...(specPath === '' ? {} : { spec_path: specPath }),
    schema_path: [...schemaSteps(path), keyword ?? ''].join('.'),
  };
}

/** The steps within the schema that lead where a value's own steps led. */
function schemaSteps(path: readonly Step[]): readonly string[] {
  const steps: string[] = [];
  let schema: Value = SCHEMA;
  for (const step of path) {
    const [taken, next] = schemaStep(schema as Plain, step);
    steps.push(...taken);
    schema = next ?? {};
  }
  return steps;
}

function schemaStep(schema: Plain, step: Step): readonly [readonly string[], Value | undefined] {
  if (typeof step === 'number') return [['items'], schema['items']];
  const properties = (schema['properties'] ?? {}) as Plain;
  if (Object.hasOwn(properties, step)) return [['properties', step], properties[step]];
  return [['patternProperties', NAME], (schema['patternProperties'] as Plain | undefined)?.[NAME]];
}

const ESCAPES: ReadonlyMap<string, string> = new Map([
  ['n', '\n'],
  ['r', '\r'],
  ['t', '\t'],
]);

/** Orquesta shows the values of its messages with the escapes of Python's repr() undone. */
const unescaped = (message: string): string =>
  message.replaceAll(/\\(?:x([0-9a-f]{2})|u([0-9a-f]{4})|U([0-9a-f]{8})|(.))/gs, (_, x, u, U, c: string) => {
    const code = (x ?? u ?? U) as string | undefined;
    return code === undefined ? (ESCAPES.get(c) ?? c) : String.fromCodePoint(Number.parseInt(code, 16));
  });
