// e2e/images.ts — The verb `images`: builds every image of the project and prints the names.
import { buildImages } from './cluster/images.ts';
import { createProgress } from './cluster/progress.ts';

try {
  for (const { name, tag, builtMs } of await buildImages(createProgress())) {
    const how = builtMs === 0 ? 'unchanged' : `built in ${Math.round(builtMs / 1000)} s`;
    process.stdout.write(`${name}:${tag}  ${how}\n`);
  }
} catch (cause) {
  process.stderr.write(`${cause instanceof Error ? cause.message : String(cause)}\n`);
  process.exitCode = 1;
}
