// crds/generate.test.ts — what is committed is what is generated, and what Kubernetes would refuse is refused here.
import { expect, test } from 'vitest';
import * as z from 'zod';
import { KINDS } from '../operator/api/kinds.ts';
import { REASONS } from '../operator/api/reasons.ts';
import { crdTemplate } from './chart-template.ts';
import { definitionOf, schemasOf } from './definition.ts';
import { generated, staleFiles } from './generate.ts';
import { CONDITIONS, referencePage } from './reference.ts';
import { openapi, refuseUnexplained, type Structural, structural } from './structural.ts';

test('the generated files on disk are those that the schemas give', () => {
  expect(staleFiles()).toEqual([]);
  expect([...generated().keys()].filter((path) => path.startsWith('crds/'))).toHaveLength(KINDS.length);
});

const open = { 'x-kubernetes-preserve-unknown-fields': true };

test.each<[string, object, RegExp]>([
  ['a reference', { $ref: '#' }, /spec: a CRD cannot say "\$ref"/],
  ['a union', { anyOf: [{ type: 'string' }, { type: 'integer' }] }, /cannot say "anyOf"/],
  ['a discriminated union', { oneOf: [{ type: 'object' }] }, /cannot say "oneOf"/],
  ['a tuple', { type: 'array', prefixItems: [] }, /cannot say "prefixItems"/],
  ['a word of its own', { type: 'string', unit: 's' }, /cannot say "unit"/],
  ['a field without type', { description: 'x' }, /spec: a CRD needs a type here/],
  [
    'a deep field without type',
    { type: 'object', properties: { a: { items: {}, type: 'array' } } },
    /spec\.a\[\]: a CRD needs/,
  ],
  [
    'properties beside free entries',
    { type: 'object', properties: {}, additionalProperties: { type: 'string' } },
    /cannot stand together/,
  ],
  ['entries of any type', { type: 'object', additionalProperties: {} }, /need x-kubernetes-preserve-unknown-fields/],
  ['lookahead', { type: 'string', pattern: '^(?!x)' }, /spec: patterns are RE2/],
  ['lookbehind', { type: 'string', pattern: '(?<=x)y' }, /spec: patterns are RE2/],
  [
    'a list map without keys',
    { type: 'array', items: { type: 'object' }, 'x-kubernetes-list-type': 'map' },
    /belong together/,
  ],
  [
    'a list map with an optional key',
    {
      type: 'array',
      items: { type: 'object', properties: { type: { type: 'string' } } },
      'x-kubernetes-list-type': 'map',
      'x-kubernetes-list-map-keys': ['type'],
    },
    /the list map key "type" must be required/,
  ],
])('%s is refused', (_name, schema, message) => {
  expect(() => structural({ ...schema }, 'spec')).toThrow(message);
});

test.each<[string, z.ZodType, RegExp]>([
  ['z.union', z.object({ a: z.union([z.string(), z.int()]) }), /spec\.a: a CRD cannot say "anyOf"/],
  ['z.unknown', z.object({ a: z.unknown() }), /spec\.a: a CRD needs a type/],
  ['z.record of unknown', z.object({ a: z.record(z.string(), z.unknown()) }), /spec\.a: values of any type/],
  [
    'z.strictObject',
    z.object({ a: z.strictObject({ b: z.string() }) }),
    /spec\.a: properties and additionalProperties/,
  ],
  [
    'recursion',
    z.object({
      get self() {
        return z.string().optional().or(z.object({}));
      },
    }),
    /cannot say "anyOf"/,
  ],
  ['z.iso.duration', z.object({ a: z.iso.duration() }), /spec\.a: patterns are RE2/],
])('%s is refused, by its path', (_name, schema, message) => {
  expect(() => openapi(schema, 'spec')).toThrow(message);
});

test('what zod adds and Kubernetes cannot use is left out, what a field says beside it stays', () => {
  const schema = z.object({
    count: z.int().min(1).default(3).describe('How many. Default: 3.'),
    any: z.int(),
    time: z.iso.datetime({ offset: true }),
    map: z.record(z.string(), z.string().max(5)).meta({ maxProperties: 2 }),
    free: z.record(z.string(), z.unknown()).meta(open),
    loose: z.looseObject({ a: z.string() }).meta(open),
    ruled: z
      .string()
      .max(9)
      .meta({ 'x-kubernetes-validations': [{ rule: "self != ''", message: 'not empty' }] }),
    nested: z.object({ deep: z.object({ list: z.array(z.boolean()).default([true]) }) }).optional(),
  });
  expect(openapi(schema, 'spec')).toEqual({
    type: 'object',
    required: ['any', 'time', 'map', 'free', 'loose', 'ruled'],
    properties: {
      count: { type: 'integer', format: 'int64', minimum: 1, default: 3, description: 'How many. Default: 3.' },
      any: { type: 'integer', format: 'int64' },
      time: { type: 'string', format: 'date-time' },
      map: { type: 'object', additionalProperties: { type: 'string', maxLength: 5 }, maxProperties: 2 },
      free: { type: 'object', ...open },
      loose: { type: 'object', properties: { a: { type: 'string' } }, required: ['a'], ...open },
      ruled: {
        type: 'string',
        maxLength: 9,
        'x-kubernetes-validations': [{ rule: "self != ''", message: 'not empty' }],
      },
      nested: {
        type: 'object',
        required: ['deep'],
        properties: {
          deep: {
            type: 'object',
            properties: { list: { type: 'array', items: { type: 'boolean' }, default: [true] } },
          },
        },
      },
    },
  });
});

test.each<[string, Structural, 'user' | 'operator', RegExp | undefined]>([
  [
    'a field without description',
    { properties: { a: { type: 'string' } } },
    'operator',
    /spec\.a: it needs a description/,
  ],
  ['a description that is no sentence', { properties: { a: { description: 'x' } } }, 'user', /that is a sentence/],
  [
    'an optional field that hides its default',
    { properties: { a: { description: 'A name.' } } },
    'user',
    /must end with "Default/,
  ],
  ['a default in mid-sentence', { properties: { a: { description: 'Default: 1. Or not' } } }, 'user', /sentence/],
  [
    'one deep in a map of lists',
    { additionalProperties: { items: { properties: { a: {} } } } },
    'user',
    /spec\.\*\[\]\.a/,
  ],
  [
    'a required field without default',
    { required: ['a'], properties: { a: { description: 'A name.' } } },
    'user',
    undefined,
  ],
  ['a status field without default', { properties: { a: { description: 'A name.' } } }, 'operator', undefined],
])('explained: %s', (_name, node, who, message) => {
  const look = () => refuseUnexplained(node, 'spec', who);
  if (message) expect(look).toThrow(message);
  else expect(look).not.toThrow();
});

test('what a description says of the default is what the schema does', () => {
  const wrong: string[] = [];
  const look = (node: Structural, path: string): void => {
    if (
      ['string', 'number', 'boolean'].includes(typeof node.default) &&
      !node.description?.endsWith(`Default: ${String(node.default)}.`)
    )
      wrong.push(`${path}: ${String(node.default)} ≠ ${node.description}`);
    for (const [name, child] of Object.entries(node.properties ?? {})) look(child, `${path}.${name}`);
    if (node.items) look(node.items, `${path}[]`);
    if (node.additionalProperties) look(node.additionalProperties, `${path}.*`);
  };
  for (const kind of KINDS) look(schemasOf(kind).spec, kind.kind);
  expect(wrong).toEqual([]);
});

test('everything that a CEL rule may read has a largest size', () => {
  const boundless: string[] = [];
  const look = (node: Structural, path: string): void => {
    const sized = node.enum ?? node.maxLength ?? (node.format === 'date-time' ? 1 : undefined);
    if (node.type === 'string' && sized === undefined) boundless.push(path);
    if (node.items && node.maxItems === undefined) boundless.push(path);
    if (node.additionalProperties && node.maxProperties === undefined) boundless.push(path);
    for (const [name, child] of Object.entries(node.properties ?? {})) look(child, `${path}.${name}`);
    if (node.items) look(node.items, `${path}[]`);
    if (node.additionalProperties) look(node.additionalProperties, `${path}.*`);
  };
  for (const kind of KINDS) look(schemasOf(kind).spec, kind.kind);
  expect(boundless).toEqual([]);
});

test('a status is there from the first moment: an Execution is Requested, and nothing counts as judged', () => {
  const status = Object.fromEntries(KINDS.map((kind) => [kind.kind, schemasOf(kind).status.default]));
  expect(status).toEqual(Object.fromEntries(KINDS.map(({ kind }) => [kind, {}])));
});

test('in the chart, braces of descriptions are no template, and Helm keeps the definitions', () => {
  const text = crdTemplate(KINDS.map(definitionOf));
  expect(text.match(/helm\.sh\/resource-policy: keep/g)).toHaveLength(KINDS.length);
  const actions = text.match(/\{\{[^}]*\}\}/g) ?? [];
  expect(actions.filter((action) => !/^\{\{-? (?:\/\*|if |end |"\{\{" )/.test(action))).toEqual([]);
});

test('the pages have every field, limit and refusal, and every reason stands on one of them', () => {
  const page = referencePage(KINDS.find((kind) => kind.kind === 'Action')!);
  expect(page).toContain(
    '| `spec.retry.delaySeconds` | integer | 0 | 0–86400 | Pause before each further attempt, in seconds. |',
  );
  expect(page).toContain('- spec.container: give it with runner "container", and only then');
  expect(page).toContain('`spec.parameters.*.secret`');
  const all = generated().get('docs/reference/reasons.md');
  for (const reason of Object.keys(REASONS)) expect(all).toContain(`| \`${reason}\` |`);
  for (const kind of Object.keys(CONDITIONS)) expect(KINDS.map((k) => k.kind)).toContain(kind);
});
