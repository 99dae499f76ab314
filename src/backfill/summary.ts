import { describeTime } from './progress-text.ts';
import type { Report } from './report.ts';

const figures = new Intl.NumberFormat('en-US');
const shownReasons = 10;

/** The outcome for somebody who reads it once, at the end. */
export function describeOutcome(report: Report, seconds: number): string {
  const { counts, mode, outcome, error } = report;
  const n = (value: number) => figures.format(value);
  const reasons = Object.entries(counts.reasons).sort(([, one], [, other]) => other - one);
  const hidden = reasons.length - shownReasons;
  return [
    `${mode}: ${outcome}${error ? `: ${error}` : ''}`,
    `${n(counts.users)} users in ${n(counts.pages)} pages, this run ${describeTime(seconds)}`,
    ...(mode === 'check'
      ? [`${n(counts.problems)} differences, ${n(counts.erased)} erased`]
      : [
          `${n(counts.created)} created, ${n(counts.filled)} filled, ${n(counts.skipped)} skipped (${n(counts.erased)} erased), ${n(counts.failed)} failed`,
          ...(mode === 'dry-run' ? ['nothing was written'] : []),
        ]),
    ...reasons.slice(0, shownReasons).map(([reason, count]) => `  ${n(count)} × ${reason}`),
    ...(hidden > 0 ? [`  and ${n(hidden)} other reasons`] : []),
    `throttled ${n(counts.throttled)} times, ${n(counts.retried)} retries, ${n(counts.restarts)} restarts, ${n(counts.resumes)} resumes`,
  ].join('\n');
}
