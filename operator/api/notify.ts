// operator/api/notify.ts — who is told how something ended: a message, data and routes for each kind of end, in StackStorm's shape.
import * as z from 'zod';
import { FreeForm } from './meta.ts';

const Routes = z.array(z.string().min(1).max(200)).max(32);

const Section = z.object({
  message: z
    .string()
    .max(16_384)
    .optional()
    .describe('A text, with templates. Default: a sentence that says which action ended, and how.'),
  data: FreeForm.optional().describe('More for whoever is told, with templates. Default: none.'),
  routes: Routes.optional().describe('Where it goes; rules choose by trigger.route. Default: channels.'),
  channels: Routes.optional().describe('Old name of routes. Default: none, and without routes nobody is told.'),
});
export type NotifySection = z.infer<typeof Section>;

export const NotifySettings = z.object({
  'on-complete': Section.optional().describe('However it ended. Default: nobody is told.'),
  'on-success': Section.optional().describe('It succeeded. Default: nobody is told.'),
  'on-failure': Section.optional().describe(
    'It failed, took too long or was abandoned; not: it was canceled. Default: nobody is told.',
  ),
});
export type NotifySettings = z.infer<typeof NotifySettings>;
