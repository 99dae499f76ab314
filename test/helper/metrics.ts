import { sendOnce } from './request.ts';

/** One series as /metrics shows it now; absent is undefined. */
export async function readMetric(
  service: { readonly metricsUrl: string },
  series: string,
): Promise<number | undefined> {
  const { text } = await sendOnce(service.metricsUrl, 'GET', '');
  const line = text.split('\n').find((each) => each.startsWith(`${series} `));
  return line === undefined ? undefined : Number(line.slice(series.length + 1));
}
