/** The shortest decimal that means one double never has more significant digits. */
const maxSignificantDigits = 17;
const zero = 0x30;

/**
 * Whether the double nearest to a JSON number, written shortest, is the same decimal number.
 * Its cost grows with the length of the literal and no faster, for a body may be one number.
 */
export function isExactNumber(literal: string): boolean {
  const value = Number(literal);
  const shortest = String(value);
  if (shortest === literal) return true;
  return Number.isFinite(value) && normalize(literal) === normalize(shortest);
}

/** A decimal as significant digits and exponent, so that 1.0, 1 and 10e-1 are one. */
function normalize(literal: string): string {
  const [mantissa = '', exponent = '0'] = literal.toLowerCase().split('e');
  const unsigned = mantissa.startsWith('-') ? mantissa.slice(1) : mantissa;
  const [whole = '', fraction = ''] = unsigned.split('.');
  const digits = whole + fraction;
  let first = 0;
  while (digits.charCodeAt(first) === zero) first++;
  let last = digits.length;
  while (last > first && digits.charCodeAt(last - 1) === zero) last--;
  if (first === last) return '0';
  if (last - first > maxSignificantDigits) return literal;
  const power = Number(exponent) - fraction.length + (digits.length - last);
  return `${mantissa === unsigned ? '' : '-'}${digits.slice(first, last)}e${power}`;
}
