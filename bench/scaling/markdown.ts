/** A Markdown table as the formatter writes it; columns of figures are aligned to the right. */
export function formatTable(head: string[], rows: string[][]): string {
  const columns = head.map((title, index) => {
    const cells = rows.map((row) => row[index] ?? '');
    const width = Math.max(3, ...[title, ...cells].map((cell) => cell.length));
    const right = index > 0 && cells.some((cell) => /^[*$]*\d/.test(cell));
    return { width, right };
  });
  const line = (cells: string[]) =>
    `| ${columns
      .map(({ width, right }, index) => {
        const cell = cells[index] ?? '';
        return right ? cell.padStart(width) : cell.padEnd(width);
      })
      .join(' | ')} |`;
  const rule = columns.map(({ width, right }) =>
    right ? `${'-'.repeat(width - 1)}:` : '-'.repeat(width),
  );
  return [line(head), line(rule), ...rows.map(line)].join('\n');
}

/** Puts text between `<!-- name -->` and `<!-- /name -->`. */
export function fillMarker(document: string, name: string, text: string): string {
  const [start, end] = [`<!-- ${name} -->`, `<!-- /${name} -->`];
  const from = document.indexOf(start);
  const to = document.indexOf(end);
  if (from < 0 || to < from) throw new Error(`the document has no place for ${name}`);
  return `${document.slice(0, from + start.length)}\n${text}\n${document.slice(to)}`;
}

export function formatMoney(dollars: number): string {
  if (dollars === 0) return '–';
  const digits = dollars < 0.01 ? 4 : dollars < 100 ? 2 : 0;
  return `$${dollars.toLocaleString('en-US', { minimumFractionDigits: digits, maximumFractionDigits: digits })}`;
}

export function formatCount(count: number): string {
  return count.toLocaleString('en-US', { maximumFractionDigits: count < 10 ? 2 : 0 });
}
