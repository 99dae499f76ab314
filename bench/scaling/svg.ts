/** The few shapes the charts are drawn with. Colours keep apart in grey and for the colour-blind. */
export const colours = [
  '#0072b2',
  '#e69f00',
  '#009e73',
  '#cc79a7',
  '#56b4e9',
  '#d55e00',
  '#777777',
];

function escapeText(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

export function drawText(
  x: number,
  y: number,
  text: string,
  { anchor = 'start', size = 13, weight = 400, colour = '#333' } = {},
): string {
  return `<text x="${round(x)}" y="${round(y)}" font-size="${size}" font-weight="${weight}" fill="${colour}" text-anchor="${anchor}">${escapeText(text)}</text>`;
}

export function drawBox(x: number, y: number, width: number, height: number, colour: string) {
  return `<rect x="${round(x)}" y="${round(y)}" width="${round(width)}" height="${round(height)}" fill="${colour}"/>`;
}

export function drawLine(points: [number, number][], colour: string, width = 2, dash = ''): string {
  const path = points.map(([x, y]) => `${round(x)},${round(y)}`).join(' ');
  return `<polyline points="${path}" fill="none" stroke="${colour}" stroke-width="${width}"${dash ? ` stroke-dasharray="${dash}"` : ''}/>`;
}

export function drawArea(points: [number, number][], colour: string): string {
  const path = points.map(([x, y]) => `${round(x)},${round(y)}`).join(' ');
  return `<polygon points="${path}" fill="${colour}"/>`;
}

export function drawChart(width: number, height: number, title: string, shapes: string[]): string {
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" font-family="system-ui, sans-serif" role="img" aria-label="${escapeText(title)}">`,
    drawBox(0, 0, width, height, '#ffffff'),
    drawText(24, 34, title, { size: 18, weight: 600, colour: '#111' }),
    ...shapes,
    '</svg>',
    '',
  ].join('\n');
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
