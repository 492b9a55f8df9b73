// runners/schema.ts — the two wires of a runner as JSON schema, for runners in any language.
import * as z from 'zod';
import { ResultEnvelope, Task } from '../operator/api/envelope.ts';

/** Path in the repository → text of the generated file. */
export function runnerSchemas(): Readonly<Record<string, string>> {
  return {
    'runners/task.schema.json': text('What a runner does: SQUALL_TASK, SQUALL_TASK_1, … joined.', Task),
    'runners/result.schema.json': text('What a runner posts to SQUALL_RESULT_URL.', ResultEnvelope),
  };
}

function text(title: string, schema: z.ZodType): string {
  const json = JSON.stringify({ title, ...z.toJSONSchema(schema, { io: 'input' }) }, undefined, 2);
  // Short lists on one line, as the formatter has them.
  return `${json.replaceAll(/\[\n\s+([^[\]{}]+)\n\s+\]/g, (whole, list: string) => {
    const line = list.replaceAll(/\n\s+/g, ' ');
    return line.length <= 80 ? `[${line}]` : whole;
  })}\n`;
}
