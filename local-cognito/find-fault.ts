/** What the pool refuses, in its words, for a page to show; `undefined` where it is done. */
export async function findFault(work: () => Promise<unknown>): Promise<string | undefined> {
  try {
    await work();
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}
