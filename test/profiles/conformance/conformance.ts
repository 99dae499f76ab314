import type { Test } from 'tap';
import { testAmendments } from './amendments.ts';
import { testLateAttempts } from './late-attempts.ts';
import { testLostAnswers } from './lost-answers.ts';
import { testOutages } from './outages.ts';
import type { PreparePlace } from './places.ts';
import { testPuts } from './puts.ts';
import { testReads } from './reads.ts';
import { testSearches } from './searches.ts';

/** What every profile store keeps to: each sentence of its interface's comments. */
export async function testConformance(t: Test, preparePlace: PreparePlace): Promise<void> {
  const place = await preparePlace(t);
  await testReads(t, place);
  await testPuts(t, place);
  await testAmendments(t, place);
  await testSearches(t, preparePlace);
  await testOutages(t, place);
  await testLostAnswers(t, place);
  await testLateAttempts(t, place);
}
