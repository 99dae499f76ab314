import {
  createPublicKey,
  type ECKeyPairOptions,
  generateKeyPairSync,
  type JsonWebKey,
  type RSAKeyPairOptions,
} from 'node:crypto';
import t from 'tap';
import { createSigningKey } from '../../local-cognito/signing-key.ts';
import { fetchKeySet } from '../../src/identity/key-set.ts';
import { judgeTime } from '../helper/machine.ts';
import { startPublisher } from '../helper/publisher.ts';

/** By way of text: `createSigningKey` says why. */
const privateKeyEncoding = { type: 'pkcs8', format: 'pem' } as const;
const publicKeyEncoding = { type: 'spki', format: 'pem' } as const;
const encodings = { privateKeyEncoding, publicKeyEncoding };
const toJwk = (pem: string): JsonWebKey => createPublicKey(pem).export({ format: 'jwk' });

function makeJwk(modulusLength: number, publicExponent = 0x10001): JsonWebKey {
  const options: RSAKeyPairOptions<'pem', 'pem'> = { modulusLength, publicExponent, ...encodings };
  return toJwk(generateKeyPairSync('rsa', options).publicKey);
}

t.test('only keys that Cognito would sign with are taken', async (t) => {
  const publisher = await startPublisher(t);
  const good = publisher.key.publicJwk;
  const curve: ECKeyPairOptions<'pem', 'pem'> = { namedCurve: 'P-256', ...encodings };
  const elliptic = toJwk(generateKeyPairSync('ec', curve).publicKey);
  const rsa = makeJwk(2048);
  const unusable: Record<string, unknown> = {
    'RSA of 1,024 bits': { ...makeJwk(1024), kid: 'weak', use: 'sig', alg: 'RS256' },
    'RSA with exponent 3': { ...makeJwk(2048, 3), kid: 'three', use: 'sig', alg: 'RS256' },
    'RSA with exponent 1': { ...rsa, e: 'AQ', kid: 'one', use: 'sig', alg: 'RS256' },
    'use enc': { ...rsa, kid: 'enc', use: 'enc', alg: 'RS256' },
    'no use': { ...rsa, kid: 'no use', alg: 'RS256' },
    'alg RS512': { ...rsa, kid: 'rs512', use: 'sig', alg: 'RS512' },
    'no alg': { ...rsa, kid: 'no alg', use: 'sig' },
    'no kid': { ...rsa, use: 'sig', alg: 'RS256' },
    'a kid that is a number': { ...rsa, kid: 7, use: 'sig', alg: 'RS256' },
    'an elliptic curve': { ...elliptic, kid: 'ec', use: 'sig', alg: 'RS256' },
    'a shared secret': { kty: 'oct', k: 'AAAA', kid: 'oct', use: 'sig', alg: 'HS256' },
    'a broken modulus': { ...rsa, n: '!', kid: 'broken', use: 'sig', alg: 'RS256' },
    nothing: null,
    text: 'key',
  };
  const serve = (keys: unknown[]) => {
    publisher.intercept = (_request, response) => !!response.end(JSON.stringify({ keys }));
    return fetchKeySet({ uri: `${publisher.issuer}/.well-known/jwks.json`, timeoutMs: 1_000 });
  };
  t.same(
    (await serve([...Object.values(unusable), good])).map(({ kid }) => kid),
    [good.kid],
  );
  for (const [what, key] of Object.entries(unusable)) {
    await t.rejects(serve([key]), /no usable signing key/, what);
  }
  const many = Array.from({ length: 101 }, () => good);
  await t.rejects(serve(many), 'a set of more than 100 keys');
});

t.test('the answer must come in time and size, from the address itself', async (t) => {
  const publisher = await startPublisher(t);
  const uri = `${publisher.issuer}/.well-known/jwks.json`;
  const fetchIn = (timeoutMs: number) => fetchKeySet({ uri, timeoutMs });
  publisher.intercept = (_request, response) => !!response.end(' '.repeat(10_000_000));
  await t.rejects(fetchIn(2_000), /larger than 65536 bytes/);
  publisher.intercept = () => true;
  const began = Date.now();
  await t.rejects(fetchIn(200));
  publisher.intercept = (_request, response) => {
    response.writeHead(200).write('{"keys":[');
    return true;
  };
  await t.rejects(fetchIn(200), 'a body that stops');
  judgeTime(t, Date.now() - began, 1_000, 'both gave up');
  const elsewhere = await startPublisher(t);
  publisher.intercept = (_request, response) =>
    !!response.writeHead(302, { location: `${elsewhere.issuer}/.well-known/jwks.json` }).end();
  await t.rejects(fetchIn(1_000), 'a redirect');
  t.same(elsewhere.requests, []);
  publisher.intercept = undefined;
  publisher.keys = [createSigningKey()];
  t.equal((await fetchIn(1_000)).length, 1);
});
