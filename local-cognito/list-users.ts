interface Page {
  after: number;
  filter: unknown;
}

const largestPage = 60;

/** cognito-local answers with everybody at once; Cognito with 60 at most and a token. */
export function pageUsers(
  { Limit, Filter, PaginationToken }: Record<string, unknown>,
  users: Record<string, unknown>[],
): Record<string, unknown> {
  const size = Math.min(Number(Limit ?? largestPage), largestPage);
  const filter = Filter ?? null;
  const after = PaginationToken ? readPage(String(PaginationToken), filter) : 0;
  const end = after + size;
  return {
    Users: users.slice(after, end),
    ...(end < users.length && { PaginationToken: writePage({ after: end, filter }) }),
  };
}

function readPage(token: string, filter: unknown): number {
  try {
    const page = JSON.parse(Buffer.from(token, 'base64url').toString()) as Page;
    if (page.filter === filter && Number.isInteger(page.after)) return page.after;
  } catch {
    // Falls through: a token that can't be read is refused like a token of another request.
  }
  throw Object.assign(new Error('Invalid pagination token'), { code: 'InvalidParameterException' });
}

function writePage(page: Page): string {
  return Buffer.from(JSON.stringify(page)).toString('base64url');
}
