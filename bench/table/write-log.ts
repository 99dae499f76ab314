/** Stands for every key: a write that doesn't say which it changes. */
export const everything = '';

/** Which keys are being written, so that nothing older than a write is kept. */
export function createWriteLog() {
  const begun = new Map<string, number>();
  const underWay = new Map<string, number>();
  const add = (counts: Map<string, number>, name: string, change: number) => {
    counts.set(name, (counts.get(name) ?? 0) + change);
  };
  const concerning = (counts: Map<string, number>, name: string) =>
    (counts.get(name) ?? 0) + (counts.get(everything) ?? 0);

  return {
    /** Answers what to call at its end. */
    begin(name: string): () => void {
      add(begun, name, 1);
      add(underWay, name, 1);
      return () => add(underWay, name, -1);
    },

    /** Whether since this moment no write of the key was under way, but for as many of one's own. */
    watch(name: string, own = 0): () => boolean {
      const isQuiet = concerning(underWay, name) === 0;
      const before = concerning(begun, name);
      return () => isQuiet && concerning(begun, name) === before + own;
    },
  };
}
