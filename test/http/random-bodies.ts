import type { Random } from '../helper/random.ts';
import { worstBodies } from './worst-bodies.ts';

const digits = '0123456789';
const pieces = [
  'a',
  'é',
  '€',
  '😀',
  '\\n',
  '\\"',
  '\\\\',
  '\\u0041',
  '\\ud83d\\ude00',
  '\\ud800',
  ' ',
];
const noise = [
  '{',
  '}',
  '[',
  ']',
  ':',
  ',',
  '"',
  '\\',
  '-',
  '.',
  'e',
  '0',
  'null',
  '\u0000',
  '\ufeff',
];

/** JSON text by its grammar, of about so many characters; numbers may be any. */
function makeJson(random: Random, size: number, levels = 0): string {
  if (size < 12 || levels > 30) return makeScalar(random, size);
  const count = 1 + random.below(Math.min(size / 6, random.chance(0.1) ? 2_000 : 12));
  const inner = Math.floor(size / count) - 8;
  const parts = Array.from({ length: count }, (_, at) => {
    const value = makeJson(random, inner, levels + 1);
    return { key: `"${random.chance(0.02) ? 'k' : `${at}${makeText(random, 3)}`}"`, value };
  });
  const space = random.chance(0.1) ? ' \n\t' : '';
  if (random.chance(0.5)) return `[${parts.map(({ value }) => value).join(`,${space}`)}]`;
  return `{${parts.map(({ key, value }) => `${key}${space}:${value}`).join()}}`;
}

function makeScalar(random: Random, size: number): string {
  const kind = random.below(6);
  if (kind === 0) return random.pick(['true', 'false', 'null']);
  if (kind < 3) return `"${makeText(random, Math.max(1, size - 2))}"`;
  return makeNumber(random, Math.max(1, size));
}

function makeText(random: Random, size: number): string {
  if (size > 200 && random.chance(0.5)) return random.pick(pieces).repeat(Math.floor(size / 12));
  return Array.from({ length: Math.min(size, 40) }, () => random.pick(pieces)).join('');
}

function makeNumber(random: Random, size: number): string {
  const run = (length: number) =>
    random.chance(0.3)
      ? random.pick([...digits]).repeat(length)
      : Array.from({ length: Math.min(length, 20) }, () => random.pick([...digits])).join('');
  const whole = random.chance(0.3) ? '0' : `1${run(random.below(Math.max(1, size / 2)))}`;
  const fraction = random.chance(0.5) ? `.${run(1 + random.below(Math.max(1, size / 2)))}` : '';
  const exponent = random.chance(0.2) ? `e${random.pick(['', '+', '-'])}${random.below(400)}` : '';
  return `${random.chance(0.3) ? '-' : ''}${whole}${fraction}${exponent}`;
}

/** Bytes changed, left out, doubled, or put in where they were not. */
function mutate(random: Random, text: string): Buffer {
  let changed = text;
  for (let turn = random.below(4); turn >= 0; turn--) {
    const at = random.below(changed.length + 1);
    const end = Math.min(changed.length, at + random.below(40));
    const put = random.pick(['', random.pick(noise), changed.slice(at, end).repeat(2)]);
    changed = changed.slice(0, at) + put + changed.slice(random.chance(0.5) ? at : end);
  }
  const bytes = Buffer.from(changed);
  if (bytes.length > 0 && random.chance(0.1)) bytes[random.below(bytes.length)] = random.below(256);
  return bytes;
}

/** One body of at most so many bytes: most of them small, some as large as may be. */
export function makeBody(random: Random, maxBytes: number): Buffer {
  const size = Math.max(2, Math.floor(maxBytes ** random.pick([0.3, 0.5, 0.7, 0.9, 1])));
  const hard = random.chance(0.1) && size > 100;
  const text = hard ? random.pick(Object.values(worstBodies))(size) : makeJson(random, size);
  return (random.chance(0.4) ? mutate(random, text) : Buffer.from(text)).subarray(0, maxBytes);
}
