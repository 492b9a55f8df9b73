// e2e/chart.test.ts — what can be said of the chart without Helm: values against their schema, the dashboard against the metrics.
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { METRICS } from '../operator/telemetry/metrics.ts';

const chart = (file: string): string => readFileSync(`charts/squall/${file}`, 'utf8');

interface Schema {
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: boolean | Schema;
}

/** Paths of values that the schema does not know, and of schema entries that values.yaml does not show. */
function differences(values: unknown, schema: Schema, path = ''): string[] {
  if (!schema.properties || typeof values !== 'object' || values === null) return [];
  const known = schema.properties;
  const given = Object.entries(values);
  return [
    ...given.filter(([key]) => !(key in known)).map(([key]) => `${path}${key} is not in the schema`),
    ...Object.keys(known)
      .filter((key) => key !== 'global' && !given.some(([name]) => name === key))
      .map((key) => `${path}${key} is not in values.yaml`),
    ...given.flatMap(([key, value]) => differences(value, known[key] ?? {}, `${path}${key}.`)),
  ];
}

test('values.yaml and values.schema.json speak of the same values', () => {
  const values = parse(chart('values.yaml')) as object;
  const schema = JSON.parse(chart('values.schema.json')) as Schema;
  // An image of a runner has no pull policy of its own, and digests and tags may be left out: both are shown all the same.
  expect(differences(values, schema)).toEqual([]);
});

test('every value that is not a free map is closed, so that a typing error is an error', () => {
  const open = (schema: Schema, path: string): string[] => [
    ...(schema.properties && schema.additionalProperties !== false ? [path] : []),
    ...Object.entries(schema.properties ?? {}).flatMap(([key, child]) => open(child, `${path}.${key}`)),
  ];
  expect(open(JSON.parse(chart('values.schema.json')) as Schema, 'values')).toEqual([]);
});

test('the dashboard shows only metrics that exist', () => {
  const suffixed = (row: { name: string; type: string }): string[] =>
    row.type === 'histogram'
      ? ['_bucket', '_sum', '_count'].map((end) => `squall_${row.name}${end}`)
      : [`squall_${row.name}`];
  const existing = new Set(Object.values(METRICS).flatMap(suffixed));
  const { panels } = JSON.parse(chart('dashboards/squall.json')) as {
    panels: { title: string; targets: { expr: string }[] }[];
  };
  const shown = panels.flatMap(({ targets }) => targets).flatMap(({ expr }) => expr.match(/squall_\w+/g) ?? []);
  expect(shown.length).toBeGreaterThan(10);
  expect(shown.filter((name) => !existing.has(name))).toEqual([]);
});
