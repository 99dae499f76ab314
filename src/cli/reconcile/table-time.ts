/** Further apart, one of the clocks is wrong, and who knows which. */
const maxDifferenceMs = 900_000;

/**
 * The time as the table's answers tell it, so that the week between two runs hangs on no clock of
 * the machines they run on.
 */
export function createTableTime() {
  let told: { readonly at: number; readonly heard: number } | undefined;

  return {
    observe(date: string | undefined): void {
      const at = Date.parse(date ?? '');
      if (!Number.isNaN(at)) told = { at, heard: performance.now() };
    },
    /** @throws where nothing was told yet, or this machine's clock says something else */
    now(): Date {
      if (!told) throw new Error('the table has not told the time');
      const now = told.at + (performance.now() - told.heard);
      if (Math.abs(now - Date.now()) <= maxDifferenceMs) return new Date(now);
      throw new Error(
        `the clock here differs from the table's by more than ${maxDifferenceMs / 60_000} minutes: nobody is erased`,
      );
    },
  };
}
