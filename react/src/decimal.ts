/** A number as its field shows it: with a comma before the fraction where the language has one. */
export function toLocalNumber(text: string, locale: string): string {
  return hasComma(locale) ? text.replaceAll('.', ',') : text;
}

/** What was typed as JSON writes it. Thousands are not told apart: `1.000` shows as `1,000`. */
export function toPlainNumber(typed: string, locale: string): string {
  return hasComma(locale) ? typed.replaceAll(',', '.') : typed;
}

function hasComma(locale: string): boolean {
  return (0.5).toLocaleString(locale).includes(',');
}
