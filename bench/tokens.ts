import { createPublicKey, verify } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import Fastify, { type FastifyRequest } from 'fastify';
import type { Person } from '../local-cognito/person.ts';
import { createSigningKey } from '../local-cognito/signing-key.ts';
import { hostedScope, mintAccessToken } from '../local-cognito/tokens.ts';
import { systemClock } from '../src/clock.ts';
import { readCommandLine } from '../src/command-line.ts';
import { authentication } from '../src/http/hooks/authentication.ts';
import { createSigningKeys } from '../src/identity/signing-keys.ts';
import { deriveUserPool } from '../src/identity/user-pool.ts';
import { createVerifiedTokens } from '../src/identity/verified-tokens.ts';
import { createTrueTime } from '../src/true-time.ts';

readCommandLine(
  { args: process.argv.slice(2), env: process.env },
  'npm run bench:tokens\n\nMeasures what verifying a token costs.\n',
  {},
);

/** What verifying costs: the plugin that production registers, given a real request and real keys. */
const rounds = 7;
const freshPerRound = 500;
const recallsPerRound = 100_000;

const key = createSigningKey();
const published = createServer((_request, response) =>
  response.end(JSON.stringify({ keys: [key.publicJwk] })),
);
await new Promise<void>((resolve) => published.listen(0, '127.0.0.1', resolve));
const issuer = `http://127.0.0.1:${(published.address() as AddressInfo).port}/eu-west-1_Bench`;
const clientId = 'bench';
const pool = deriveUserPool('eu-west-1_Bench', [clientId], { issuer });
const keys = createSigningKeys({ issuer, jwksUri: pool.jwksUri, clock: systemClock });
await keys.start();
const verifiedTokens = createVerifiedTokens({ max: 20_000, now: systemClock.now });

const app = Fastify();
await app.register(authentication, {
  pools: [{ pool, keys }],
  verifiedTokens,
  acceptIdTokens: false,
  adminGroups: ['admins'],
  readIdentity: () => ({ fields: {}, refused: [] }),
  clock: createTrueTime(systemClock),
  onFieldsRefused: () => {},
});
let request: FastifyRequest | undefined;
app.get('/', async (incoming) => {
  request = incoming;
  return {};
});
await app.inject({ url: '/', headers: { authorization: 'Bearer a', accept: '*/*', host: 'a' } });
const sample = request as unknown as FastifyRequest;

let people = 0;
const mint = () => {
  const sub = `${(people++).toString(16).padStart(8, '0')}-90ab-4cde-8f01-23456789abcd`;
  const person: Person = { sub, provider: 'cognito', groups: ['readers', 'writers'] };
  return mintAccessToken(key, { issuer, clientId, person, scope: hostedScope });
};
const present = (token: string) => {
  sample.raw.headers.authorization = `Bearer ${token}`;
};

const batches = Array.from({ length: rounds + 1 }, () =>
  Array.from({ length: freshPerRound }, mint),
);
const measured = { fresh: [] as number[], seen: [] as number[], signature: [] as number[] };
const publicKey = createPublicKey(key.privateKey);
for (const [round, tokens] of batches.entries()) {
  const fresh = await measure(tokens.length, async () => {
    for (const token of tokens) {
      present(token);
      if (app.recall(sample)) throw new Error('a new token was recalled');
      await app.authenticate(sample, async () => {});
    }
  });
  const seen = await measure(recallsPerRound, () => {
    for (let index = 0; index < recallsPerRound; index++) {
      present(tokens[index % tokens.length] as string);
      if (!app.recall(sample)) throw new Error('a token was not recalled');
    }
  });
  const signature = await measure(tokens.length, () => {
    for (const token of tokens) {
      const end = token.lastIndexOf('.');
      const signed = Buffer.from(token.slice(end + 1), 'base64url');
      if (!verify('RSA-SHA256', Buffer.from(token.slice(0, end)), publicKey, signed))
        throw new Error();
    }
  });
  // The first round warms the compiler up.
  if (round === 0) continue;
  measured.fresh.push(fresh);
  measured.seen.push(seen);
  measured.signature.push(signature);
}

console.log(`µs of CPU for a token of ${mint().length} characters, median of ${rounds} rounds`);
console.log(`  never seen            ${median(measured.fresh).toFixed(1)}`);
console.log(`    of it the signature ${median(measured.signature).toFixed(1)}`);
console.log(`  seen before           ${median(measured.seen).toFixed(2)}`);
keys.close();
published.closeAllConnections();
published.close();
await app.close();

/** Microseconds of this process's CPU for each of `count`. */
async function measure(count: number, work: () => void | Promise<void>): Promise<number> {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / count;
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] as number;
}
