/** What undoing a change of the picture brings back. */
export type EarlierPicture =
  | { readonly kind: 'none' }
  | { readonly kind: 'address'; readonly address: string }
  | { readonly kind: 'bytes'; readonly bytes: Blob };

/** An address that the service gave out: what it stands for is deleted with the next picture. */
const uploaded = /\/avatars\/[\w-]{32}\/[\w-]{32}-\d{1,4}\.webp$/;
const fetchMs = 5_000;
/** Pictures held in memory: the one shown, and the one before. */
const maxKept = 2;

/** Remembers pictures of this visit, so that one that was replaced can be uploaded again. */
export function createEarlierPictures() {
  const kept = new Map<string, Blob>();

  return {
    remember(address: unknown, bytes: Blob): void {
      if (typeof address !== 'string') return;
      kept.set(address, bytes);
      if (kept.size > maxKept) kept.delete(kept.keys().next().value as string);
    },

    /** What stands at an address, asked before it is replaced; undefined where it can't be had. */
    async find(address: unknown): Promise<EarlierPicture | undefined> {
      if (typeof address !== 'string') return { kind: 'none' };
      if (!uploaded.test(address)) return { kind: 'address', address };
      const bytes = kept.get(address) ?? (await download(address));
      return bytes && { kind: 'bytes', bytes };
    },
  };
}

/** Nothing where the pictures' own server doesn't let pages read them (CORS). */
async function download(address: string): Promise<Blob | undefined> {
  try {
    const response = await fetch(address, {
      // What the browser kept for showing it may lack the header that lets pages read it.
      cache: 'reload',
      credentials: 'omit',
      referrerPolicy: 'no-referrer',
      signal: AbortSignal.timeout(fetchMs),
    });
    return response.ok ? await response.blob() : undefined;
  } catch {
    return undefined;
  }
}
