import { readPages, type TableWalk } from './read-pages.ts';

/** What every item holds under a text field, as it is now, a page at a time. */
export async function* readValues(
  walk: TableWalk,
  field: string,
): AsyncGenerator<{ readonly itemsRead: number; readonly values: readonly string[] }> {
  const pages = readPages(walk, {
    // An address that was written a moment ago must be seen.
    ConsistentRead: true,
    ProjectionExpression: '#field',
    ExpressionAttributeNames: { '#field': field },
  });
  for await (const { items, itemsRead } of pages) {
    yield { itemsRead, values: items.flatMap((item) => item[field]?.S ?? []) };
  }
}
