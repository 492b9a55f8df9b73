// operator/domain/expression/jinja/template.ts — templates as StackStorm has them: sandboxed, strict, with its filters.
import { st2Environment, type St2Options } from './st2-environment.ts';
import { type Template, templateOf } from './rendering.ts';

/** @throws ExpressionFault TemplateSyntaxError, TemplateAssertionError, with the place in the source */
export const compileTemplate = (source: string, options: St2Options = {}): Template =>
  templateOf(source, st2Environment(options));
