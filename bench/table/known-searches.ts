import type { WriteLog } from './write-log.ts';

interface KnownAnswer {
  text: string;
  /** Until anything at all is written, be it an item that this search would not find. */
  isStill: () => boolean;
}

/** What DynamoDB answered to searches by key, by the words that asked for it. */
export function createKnownSearches(writes: WriteLog) {
  const answers = new Map<string, KnownAnswer>();

  return {
    find(body: string): string | undefined {
      const known = answers.get(body);
      return known?.isStill() ? known.text : undefined;
    },

    /** To be called before DynamoDB is asked, and what it answers with its answer. */
    watch(body: string): (text: string) => unknown {
      const isStill = writes.watchAll();
      return (text) => answers.set(body, { text, isStill });
    },
  };
}
