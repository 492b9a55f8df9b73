// operator/domain/expression/jinja/lipsum.ts — filler text.
import { allowItems, nextRandom } from '../evaluation.ts';
import { typeFault, valueFault } from '../fault.ts';
import { asIndex } from '../python/text.ts';
import { typeName, type Value } from '../python/values.ts';
import { Markup } from './markup.ts';

const WORDS = (
  'amor annus aqua ars arbor avis bellum bonus caelum campus canis caput carmen casa causa civis cor corpus dies domus ' +
  'donum equus fabula familia fides flumen forma fortuna frater gens gladius gratia homo hora hortus ignis imperium ' +
  'insula iter labor lapis leo lex liber lingua locus lumen luna magister mare mater mens mons mors mundus murus natura ' +
  'navis nomen nox oculus opus orbis pater pax pecunia poeta populus porta pulchra regina res rex rosa saxum sidus silva ' +
  'sol somnus soror spes stella tempus terra umbra urbs ventus verbum via vinum vir virtus vita vox'
).split(' ');

/** A whole number from `from` up to, but not including, `to`. */
const between = (from: number, to: number): number => from + Math.floor(nextRandom() * (to - from));

/** Paragraphs of `min` to `max` words each, as HTML or as text. */
export function lipsum(paragraphs: Value, html: boolean, min: Value, max: Value): Value {
  const [count, least, most] = [whole(paragraphs), whole(min), whole(max)];
  const made: string[] = [];
  for (let i = 0; i < count; i++) {
    if (least >= most) throw valueFault(`empty range for randrange() (${least}, ${most}, ${most - least})`);
    made.push(paragraph(between(least, most)));
  }
  return html ? new Markup(made.map((text) => `<p>${text}</p>`).join('\n')) : made.join('\n\n');
}

function whole(value: Value): number {
  const number = asIndex(value);
  if (number === undefined) throw typeFault(`'${typeName(value)}' object cannot be interpreted as an integer`);
  return number;
}

function paragraph(length: number): string {
  allowItems(length);
  const words: string[] = [];
  let sentence = 0;
  let pause = 0;
  for (let i = 0; i < length; i++) {
    const word = WORDS[between(0, WORDS.length)] ?? '';
    const starts = sentence === i;
    const ends = i - sentence > between(10, 20);
    const pauses = !ends && i - pause > between(3, 8);
    words.push((starts ? word.charAt(0).toUpperCase() + word.slice(1) : word) + (ends ? '.' : pauses ? ',' : ''));
    if (ends) sentence = i + 1;
    if (ends || pauses) pause = i;
  }
  return `${words.join(' ').replace(/[,.]$/, '')}.`;
}
