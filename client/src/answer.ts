import { mayHaveHappened } from './authorized-fetch.ts';
import { ProfileServiceError, readProblem } from './problem.ts';

/** The JSON of a success. Throws what the service refused with, or UNEXPECTED_ANSWER. */
export async function readAnswer<Answer>(response: Response): Promise<Answer> {
  const answer: unknown = await response.json().catch(() => undefined);
  if (response.ok && answer !== undefined) return answer as Answer;
  const { status, url } = response;
  throw new ProfileServiceError(status, readProblem(answer), mayHaveHappened(response), url);
}
