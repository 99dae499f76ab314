/** Stands for every key: a write that doesn't say which it changes. */
export const everything = '';

export type WriteLog = ReturnType<typeof createWriteLog>;

/** Which keys are being written, so that nothing older than a write is kept. */
export function createWriteLog() {
  const begun = new Map<string, number>();
  const underWay = new Map<string, number>();
  let allBegun = 0;
  let allUnderWay = 0;
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
      allBegun++;
      allUnderWay++;
      return () => {
        add(underWay, name, -1);
        allUnderWay--;
      };
    },

    /** Whether since this moment no write of the key was under way, but for as many of one's own. */
    watch(name: string, own = 0): () => boolean {
      const isQuiet = concerning(underWay, name) === 0;
      const before = concerning(begun, name);
      return () => isQuiet && concerning(begun, name) === before + own;
    },

    /** Whether since this moment nothing at all was being written. */
    watchAll(): () => boolean {
      const isQuiet = allUnderWay === 0;
      const before = allBegun;
      return () => isQuiet && allBegun === before;
    },
  };
}
