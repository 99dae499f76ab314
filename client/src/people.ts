import { abortable } from './abort.ts';
import type { AuthorizedFetch, TokenProvider } from './authorized-fetch.ts';
import { subjectOf } from './caller.ts';
import type { LookOptions } from './options.ts';
import { toSegment } from './path-segment.ts';
import { hasCode } from './problem.ts';

export interface PeopleOptions {
  readonly baseUrl: string;
  readonly token: TokenProvider;
  readonly authorizedFetch: AuthorizedFetch;
}

interface Kept<Person> {
  readonly person: Person;
  /** Of an answer about this person alone; a batch has none. */
  readonly tag: string | null;
  /** By `Date.now()`. */
  readonly until: number;
}

interface Question<Person> {
  readonly userId: string;
  /** Where the answer is kept: what the next person at this browser begins with is another. */
  readonly kept: Map<string, Kept<Person>>;
  readonly resolve: (person: Person | undefined) => void;
  readonly reject: (error: unknown) => void;
}

interface BatchAnswer<Person> {
  readonly people: Person[];
  readonly unread?: string[];
}

/** For browsers: what is kept is kept here, and in their caches it would outlast the sign-in. */
const uncached: object = { cache: 'no-store' };
const maxKept = 1_000;
const maxBatch = 100;

/** Other people, beside the typed calls: the contract has them only where a field is public. */
export function createPeople<Person extends { readonly userId: string }>({
  baseUrl,
  token,
  authorizedFetch,
}: PeopleOptions) {
  const address = `${baseUrl}/v1/people/`;
  let holder: string | undefined;
  let kept = new Map<string, Kept<Person>>();
  let underway = new Map<string, Promise<Person | undefined>>();
  let questions: Question<Person>[] = [];

  /** Nothing that was shown to one person is shown to the next, nor to nobody. */
  async function recogniseHolder(): Promise<void> {
    const now = await token();
    // A token that can't be read stands for itself.
    const next = now ? (subjectOf(now) ?? now) : undefined;
    if (next === holder) return;
    holder = next;
    kept = new Map();
    underway = new Map();
  }

  function find(userId: string, revalidate: boolean | undefined): Promise<Person | undefined> {
    // Refused alike, whether it would go alone or among others.
    toSegment(userId);
    const known = kept.get(userId);
    if (known && known.until > Date.now() && !revalidate) return Promise.resolve(known.person);
    const shared = underway;
    const asked = shared.get(userId);
    if (asked && !revalidate) return asked;
    const answer = new Promise<Person | undefined>((resolve, reject) => {
      questions.push({ userId, kept, resolve, reject });
      if (questions.length === 1) setTimeout(askAll);
    });
    shared.set(userId, answer);
    const settle = () => {
      if (shared.get(userId) === answer) shared.delete(userId);
    };
    answer.then(settle, settle);
    return answer;
  }

  function askAll(): void {
    const asked = questions;
    questions = [];
    while (asked.length > 0) void ask(asked.splice(0, maxBatch));
  }

  async function ask(batch: Question<Person>[]): Promise<void> {
    const [first] = batch;
    try {
      const found = first && batch.length === 1 ? await askForOne(first) : await askForMany(batch);
      for (const { userId, resolve } of batch) resolve(found.get(userId));
    } catch (error) {
      // An id that isn't valid is the fault of one: each half is asked by itself.
      const half = batch.length >> 1;
      if (half > 0 && hasCode(error, 'VALIDATION_FAILED')) {
        void ask(batch.splice(half));
        return ask(batch);
      }
      for (const { reject } of batch) reject(error);
    }
  }

  async function askForOne({ userId, kept }: Question<Person>): Promise<Map<string, Person>> {
    const known = kept.get(userId);
    try {
      const response = await authorizedFetch(
        new Request(address + toSegment(userId), {
          ...uncached,
          ...(known?.tag && { headers: { 'if-none-match': known.tag } }),
        }),
      );
      const person =
        known && response.status === 304 ? known.person : ((await response.json()) as Person);
      keep(kept, person, response);
      return new Map([[userId, person]]);
    } catch (error) {
      if (!hasCode(error, 'PROFILE_NOT_FOUND')) throw error;
      kept.delete(userId);
      return new Map();
    }
  }

  async function askForMany(batch: Question<Person>[]): Promise<Map<string, Person>> {
    const found = new Map<string, Person>();
    let userIds = batch.map(({ userId }) => userId);
    do {
      const response = await authorizedFetch(
        new Request(`${address}batch-get`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ userIds }),
        }),
      );
      const { people, unread = [] } = (await response.json()) as BatchAnswer<Person>;
      for (const person of people) found.set(person.userId, person);
      for (const { userId, kept } of batch) {
        const person = found.get(userId);
        if (person) keep(kept, person, response);
        else kept.delete(userId);
      }
      userIds = unread;
    } while (userIds.length > 0);
    return found;
  }

  return {
    /**
     * What everyone may see of a person; undefined where there is nobody to see: unknown, erased
     * and hidden people alike. Kept for as long as the service says, a minute.
     */
    async getPerson(
      userId: string,
      { signal, revalidate }: LookOptions = {},
    ): Promise<Person | undefined> {
      return abortable(
        recogniseHolder().then(() => find(userId, revalidate)),
        signal,
      );
    },

    /**
     * The same of any number of people: one for each id, in the order asked. All calls of one
     * moment go together, in requests of 100.
     */
    async getPeople(
      userIds: readonly string[],
      { signal, revalidate }: LookOptions = {},
    ): Promise<(Person | undefined)[]> {
      return abortable(
        recogniseHolder().then(() => Promise.all(userIds.map((id) => find(id, revalidate)))),
        signal,
      );
    },
  };
}

/** The oldest goes first. */
function keep<Person extends { readonly userId: string }>(
  kept: Map<string, Kept<Person>>,
  person: Person,
  { headers }: Response,
): void {
  const seconds = /max-age=(\d+)/.exec(headers.get('cache-control') ?? '')?.[1] ?? 0;
  const { userId } = person;
  kept.delete(userId);
  kept.set(userId, {
    person,
    tag: headers.get('etag'),
    until: Date.now() + Number(seconds) * 1000,
  });
  if (kept.size > maxKept) kept.delete(kept.keys().next().value as string);
}
