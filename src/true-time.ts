import type { Clock } from './clock.ts';

/** Whose `Date` is listened to: each is reached over TLS, and neither can speak for the other. */
export type TimeSource = 'cognito' | 'dynamodb';

/** Milliseconds. */
export const timePolicy = {
  /** Less than this is the resolution of a `Date` header and the way there and back. */
  noticeMs: 2_000,
  /** Two sources agree when they are no further apart. */
  agreementMs: 2_000,
  /** A clock that is further off is not corrected: something else is wrong. */
  maxCorrectionMs: 900_000,
  /** An answer that took longer says too little. */
  maxRoundTripMs: 2_000,
} as const;

export interface TrueTime extends Clock {
  /** Told of the `Date` of an answer to a question that was sent at `sentAt` by the bare clock. */
  observe(source: TimeSource, date: string | undefined, sentAt: number): void;
  /** What a source says the time is, where it noticeably differs; else this clock's own. */
  nowOf(source: TimeSource): number;
  /** How far a source is ahead of the bare clock, seconds; undefined until it has answered. */
  skewSeconds(source: TimeSource): number | undefined;
  /** What is added to the bare clock, seconds. */
  correctionSeconds(): number;
}

/**
 * The task's clock, put right by what Cognito and DynamoDB say the time is. It is corrected only
 * while both say the same, and within bounds: one that lies, or answers from a cache, can neither
 * bring an expired token back nor end a good one.
 */
export function createTrueTime(
  bare: Clock,
  onChange: (change: { skewSeconds: number; correctionSeconds: number }) => void = () => {},
): TrueTime {
  const skews = new Map<TimeSource, number>();
  let correctionMs = 0;
  let told = 0;
  const parseDate = remember(Date.parse);

  function observe(source: TimeSource, date: string | undefined, sentAt: number): void {
    const receivedAt = bare.now();
    const theirs = parseDate(date ?? '');
    if (Number.isNaN(theirs) || receivedAt - sentAt > timePolicy.maxRoundTripMs) return;
    // A Date is cut to its second, so it is half a second late on average.
    skews.set(source, theirs + 500 - (sentAt + receivedAt) / 2);
    const [one = 0, other = 0] = [...skews.values()];
    const agree = skews.size === 2 && Math.abs(one - other) <= timePolicy.agreementMs;
    const skewMs = agree ? (one + other) / 2 : Math.abs(one) > Math.abs(other) ? one : other;
    correctionMs = agree ? boundedCorrection(skewMs) : 0;
    tell(skewMs);
  }

  /** Once when the clock is seen to be off, and once when it is right again or off by something else. */
  function tell(skewMs: number): void {
    const size = Math.abs(skewMs) < timePolicy.noticeMs ? 0 : Math.round(skewMs / 5_000) || 1;
    const state = size * 2 + (correctionMs === 0 ? 0 : 1);
    if (state === told) return;
    told = state;
    onChange({ skewSeconds: skewMs / 1000, correctionSeconds: correctionMs / 1000 });
  }

  return {
    now: () => bare.now() + correctionMs,
    after: bare.after,
    observe,
    nowOf(source) {
      const skewMs = skews.get(source) ?? 0;
      return bare.now() + (Math.abs(skewMs) < timePolicy.noticeMs ? correctionMs : skewMs);
    },
    skewSeconds(source) {
      const skewMs = skews.get(source);
      return skewMs === undefined ? undefined : skewMs / 1000;
    },
    correctionSeconds: () => correctionMs / 1000,
  };
}

function boundedCorrection(skewMs: number): number {
  const { noticeMs, maxCorrectionMs } = timePolicy;
  const size = Math.abs(skewMs);
  return size < noticeMs || size > maxCorrectionMs ? 0 : skewMs;
}

/** Of what is asked for many times in a row, as a second's `Date` is. */
function remember(parse: (text: string) => number): (text: string) => number {
  let [known, value] = ['', Number.NaN];
  return (text) => {
    if (text !== known) [known, value] = [text, parse(text)];
    return value;
  };
}
