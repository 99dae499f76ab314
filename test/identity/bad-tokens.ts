import {
  createHmac,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  randomBytes,
  sign,
} from 'node:crypto';
import type { SigningKey } from '../../local-cognito/signing-key.ts';
import { createSigningKey } from '../../local-cognito/signing-key.ts';
import { type Claims, mintIdToken, signToken } from '../../local-cognito/tokens.ts';
import { makePerson } from '../helper/callers.ts';

export interface BadToken {
  readonly category: string;
  readonly name: string;
  /** Names and values in turn, as they go over the wire. */
  readonly headers: readonly string[];
  readonly path?: string;
}

export interface CorpusOptions {
  readonly key: SigningKey;
  /** Published beside `key`. */
  readonly otherKey: SigningKey;
  readonly issuer: string;
  readonly clientId: string;
  /** An address of the attacker's, for headers that name one. */
  readonly trap: string;
}

const encode = (part: unknown) => encodeText(JSON.stringify(part));
const encodeText = (text: string) => Buffer.from(text).toString('base64url');

/** Bad tokens of every kind, each wrong in one way only, by categories. */
export function makeBadTokens(options: CorpusOptions): BadToken[] {
  const { key, otherKey, issuer, clientId, trap } = options;
  const now = Math.floor(Date.now() / 1000);
  const header = { kid: key.kid, alg: 'RS256' };
  const person = makePerson();
  const claims: Claims = {
    sub: person.sub,
    client_id: clientId,
    token_use: 'access',
    scope: 'profile',
    username: person.sub,
    iss: issuer,
    auth_time: now,
    iat: now,
    exp: now + 3600,
    jti: 'a',
  };
  const valid = signToken(key, header, claims);
  const [head = '', body = '', signature = ''] = valid.split('.');
  const corpus: BadToken[] = [];
  const addHeaders = (category: string, name: string, headers: string[], path?: string) =>
    corpus.push({ category, name, headers, ...(path && { path }) });
  const add = (category: string, name: string, token: string) =>
    addHeaders(category, name, ['Authorization', `Bearer ${token}`]);
  const addClaims = (category: string, name: string, change: Claims) =>
    add(category, name, signToken(key, header, { ...claims, ...change }));
  const signText = (headText: string, bodyText: string, by: KeyObject = key.privateKey) => {
    const content = `${encodeText(headText)}.${encodeText(bodyText)}`;
    return `${content}.${sign('RSA-SHA256', Buffer.from(content), by).toString('base64url')}`;
  };

  for (let index = 1; index <= 20; index++) {
    const length = Math.floor((valid.length * index) / 21);
    add('truncated', `${length} of ${valid.length} characters`, valid.slice(0, length));
  }
  add('truncated', 'without the last character', valid.slice(0, -1));
  add('truncated', 'without a signature', `${head}.${body}.`);
  add('truncated', 'two parts', `${head}.${body}`);
  add('truncated', 'without a header', `.${body}.${signature}`);
  add('truncated', 'without a payload', `${head}..${signature}`);
  add('truncated', 'dots alone', '..');
  add('truncated', 'four parts', `${valid}.${signature}`);
  add('truncated', 'five parts, like JWE', `${valid}.${signature}.${signature}`);

  for (const [name, mark] of Object.entries({
    padding: '=',
    plus: '+',
    slash: '/',
    percent: '%',
    quote: '"',
    'a letter of Latin-1': '\u00e9',
    comma: ',',
  })) {
    add('bad base64', `${name} in the header`, `${mark}${valid}`);
    add('bad base64', `${name} in the payload`, `${head}.${body}${mark}.${signature}`);
    add('bad base64', `${name} in the signature`, `${valid}${mark}`);
  }
  for (const last of otherSpellings(signature)) {
    add(
      'bad base64',
      `left-over bits: ${last}`,
      `${head}.${body}.${signature.slice(0, -1)}${last}`,
    );
  }

  for (const text of [
    '',
    'null',
    '[]',
    '"a"',
    '1',
    'true',
    '{',
    '{}',
    '{"alg":"RS256"',
    '\u0000',
  ]) {
    add('not JSON', `header ${JSON.stringify(text)}`, signText(text, JSON.stringify(claims)));
    add('not JSON', `payload ${JSON.stringify(text)}`, signText(JSON.stringify(header), text));
  }
  const bytes = Buffer.concat([
    Buffer.from('{"sub":"'),
    Buffer.from([0xff, 0xfe]),
    Buffer.from('"}'),
  ]);
  add(
    'not JSON',
    'payload that is not UTF-8',
    `${head}.${bytes.toString('base64url')}.${signature}`,
  );
  add('not JSON', 'JWS in JSON', encode({ payload: body, signatures: [{ protected: head }] }));
  add('not JSON', 'another format', `v4.public.${randomBytes(60).toString('base64url')}`);
  for (let index = 0; index < 5; index++) {
    add(
      'not JSON',
      `noise ${index}`,
      [64, 300, 256].map((n) => randomBytes(n).toString('base64url')).join('.'),
    );
  }

  const stranger = createSigningKey();
  add(
    'wrong key',
    'a stranger with our key id',
    signToken({ ...stranger, kid: key.kid }, header, claims),
  );
  add(
    'wrong key',
    'a stranger with a key id of its own',
    signToken(stranger, { ...header, kid: stranger.kid }, claims),
  );
  add('wrong key', 'another of our keys', signToken(otherKey, header, claims));
  add(
    'wrong key',
    'the key id of another of our keys',
    signToken(key, { ...header, kid: otherKey.kid }, claims),
  );
  add('wrong key', 'zeros', `${head}.${body}.${Buffer.alloc(256).toString('base64url')}`);
  add('wrong key', 'ones', `${head}.${body}.${Buffer.alloc(256, 1).toString('base64url')}`);
  const swapped = encode({ ...claims, sub: 'somebody-else' });
  add('wrong key', 'a signature of other claims', `${head}.${swapped}.${signature}`);
  for (const position of [0, 100, 255]) {
    const flipped = Buffer.from(signature, 'base64url');
    flipped.writeUInt8(flipped.readUInt8(position) ^ 1, position);
    add(
      'wrong key',
      `bit ${position * 8} flipped`,
      `${head}.${body}.${flipped.toString('base64url')}`,
    );
  }
  for (const length of [1, 128, 255, 257, 512]) {
    add(
      'wrong key',
      `${length} bytes of signature`,
      `${head}.${body}.${Buffer.alloc(length, 7).toString('base64url')}`,
    );
  }

  for (const alg of ['none', 'None', 'NONE', 'nOnE', 'none ']) {
    const content = `${encode({ ...header, alg })}.${body}`;
    add('alg none', `${alg}, unsigned`, `${content}.`);
    add('alg none', `${alg}, with a signature`, `${content}.${signature}`);
  }
  add(
    'alg none',
    'named twice',
    `${encodeText(`{"kid":"${key.kid}","alg":"RS256","alg":"none"}`)}.${body}.`,
  );
  const secrets = publicSecrets(key);
  for (const [name, secret] of Object.entries(secrets)) {
    add('alg HS256', name, signHmac('sha256', { ...header, alg: 'HS256' }, claims, secret));
    // The signature that would verify if the algorithm were taken from our own list.
    add('alg HS256', `${name}, said to be RS256`, signHmac('sha256', header, claims, secret));
  }
  for (const bits of ['384', '512']) {
    const pem = secrets.PEM as string;
    add(
      'alg other',
      `HS${bits}`,
      signHmac(`sha${bits}`, { ...header, alg: `HS${bits}` }, claims, pem),
    );
    const content = `${encode({ ...header, alg: `RS${bits}` })}.${body}`;
    const signed = sign(`RSA-SHA${bits}`, Buffer.from(content), key.privateKey).toString(
      'base64url',
    );
    add('alg other', `RS${bits}`, `${content}.${signed}`);
  }
  const { privateKey: elliptic } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const { privateKey: edwards } = generateKeyPairSync('ed25519');
  const es = `${encode({ ...header, alg: 'ES256' })}.${body}`;
  const ed = `${encode({ ...header, alg: 'EdDSA' })}.${body}`;
  const ieee = { key: elliptic, dsaEncoding: 'ieee-p1363' } as const;
  add('alg other', 'ES256', `${es}.${sign('sha256', Buffer.from(es), ieee).toString('base64url')}`);
  add('alg other', 'EdDSA', `${ed}.${sign(null, Buffer.from(ed), edwards).toString('base64url')}`);
  for (const alg of [
    undefined,
    null,
    '',
    256,
    true,
    ['RS256'],
    {},
    'rs256',
    'RS256 ',
    'PS256',
    '__proto__',
  ]) {
    add('alg other', JSON.stringify(alg) ?? 'absent', signToken(key, { ...header, alg }, claims));
  }

  const strangerJwk = stranger.publicJwk;
  const hostile: Record<string, unknown> = {
    jku: `${trap}/keys`,
    x5u: `${trap}/certificate`,
    jwk: strangerJwk,
    x5c: ['MIIB'],
    x5t: 'AAAA',
    'x5t#S256': 'AAAA',
    crit: ['exp'],
    cty: 'JWT',
    zip: 'DEF',
    enc: 'A256GCM',
    b64: false,
    url: trap,
    iss: issuer,
    epk: {},
    p2c: 1e9,
    __other__: 1,
  };
  for (const [name, value] of Object.entries(hostile)) {
    add('header', `${name}, signed by us`, signToken(key, { ...header, [name]: value }, claims));
    add(
      'header',
      `${name}, signed by a stranger`,
      signToken(stranger, { ...header, [name]: value }, claims),
    );
    add(
      'header',
      `${name}, key of a stranger`,
      signToken(stranger, { alg: 'RS256', kid: stranger.kid, [name]: value }, claims),
    );
  }
  for (const crit of [
    [],
    ['b64'],
    ['kid'],
    ['unknown'],
    ['unknown', 'unknown'],
    'exp',
    {},
    null,
    [1],
    0,
    false,
  ]) {
    add(
      'header',
      `crit ${JSON.stringify(crit)}`,
      signToken(key, { ...header, crit, b64: true, unknown: 1 }, claims),
    );
  }
  add(
    'header',
    '__proto__',
    signText(
      `{"__proto__":{"crit":["a"]},"kid":"${key.kid}","alg":"RS256"}`,
      JSON.stringify(claims),
    ),
  );
  for (const typ of ['JWE', 'dpop+jwt', 'secevent+jwt', 'logout+jwt', '', 1, null, {}, ['JWT']]) {
    add('header', `typ ${JSON.stringify(typ)}`, signToken(key, { ...header, typ }, claims));
  }
  for (const kid of [
    undefined,
    null,
    1,
    true,
    '',
    [],
    [key.kid],
    {},
    '__proto__',
    'constructor',
    '../../jwks',
    trap,
    `${key.kid} `,
    key.kid.toLowerCase(),
    'k'.repeat(300),
    "' OR 1=1 --",
  ]) {
    add(
      'key id',
      (JSON.stringify(kid) ?? 'absent').slice(0, 60),
      signToken(key, { ...header, kid }, claims),
    );
  }

  const wrongTypes: Record<string, unknown[]> = {
    exp: [null, true, '', `${now + 3600}`, {}, 1.5, -1, 0],
    iat: [null, true, '', `${now}`, {}, now + 0.5, -1],
    auth_time: [null, true, '', `${now}`, [now], {}, 1.5, -1, 1e15],
    nbf: [null, true, '', `${now}`, [now], {}],
    sub: [null, true, '', 1, [person.sub, 'b'], {}, 's'.repeat(129)],
    iss: [null, true, '', 1, {}],
    token_use: [null, true, '', 1, {}, 'ID', 'Access', 'refresh', 'access '],
    client_id: [null, true, '', 1, {}],
    scope: [null, true, 1, {}, ['profiles/read']],
    username: [null, true, '', 1, {}],
    'cognito:groups': [null, true, 1, {}, 'admins', [1], [null], [['admins']], { 0: 'admins' }],
    aud: [null, 1, {}],
    jti: [null, 1, {}, ['a']],
  };
  for (const [claim, values] of Object.entries(wrongTypes)) {
    for (const value of values) {
      addClaims('wrong type', `${claim} ${JSON.stringify(value)?.slice(0, 40)}`, {
        [claim]: value,
      });
    }
  }
  for (const claim of ['iss', 'token_use', 'client_id', 'sub', 'username', 'aud', 'iat', 'exp']) {
    const value = claims[claim] ?? clientId;
    addClaims('array claim', `[${claim}]`, { [claim]: [value] });
    addClaims('array claim', `[${claim}, another]`, { [claim]: [value, 'another'] });
    addClaims('array claim', `[another, ${claim}]`, { [claim]: ['another', value] });
    addClaims('array claim', `[] for ${claim}`, { [claim]: [] });
  }

  for (const age of [6, 60, 3600, 86_400, 1e8])
    addClaims('expired', `${age} s ago`, { exp: now - age });
  // The corpus takes seconds to send on a busy machine: the shortest lead outlasts that.
  for (const lead of [120, 600, 3600, 1e9, 1e13]) {
    addClaims('not yet valid', `iat in ${lead} s`, { iat: now + lead });
    addClaims('not yet valid', `nbf in ${lead} s`, { nbf: now + lead });
  }
  addClaims('not yet valid', 'nbf beyond any date', { nbf: Number.MAX_VALUE });

  const idOptions = { issuer, clientId, person };
  add(
    'ID token misused',
    'the audience of another client',
    mintIdToken(key, { ...idOptions, clientId: 'another' }),
  );
  add(
    'ID token misused',
    'audiences',
    mintIdToken(key, { ...idOptions, claims: { aud: [clientId] } }),
  );
  add(
    'ID token misused',
    'client_id for aud',
    mintIdToken(key, { ...idOptions, claims: { aud: undefined, client_id: clientId } }),
  );
  add(
    'ID token misused',
    'said to be an access token',
    mintIdToken(key, { ...idOptions, claims: { token_use: 'access' } }),
  );
  add(
    'ID token misused',
    'of nobody',
    mintIdToken(key, { ...idOptions, claims: { sub: undefined } }),
  );

  for (const client of [
    'another',
    clientId.toUpperCase(),
    ` ${clientId}`,
    `${clientId},another`,
    clientId.slice(1),
  ]) {
    addClaims('other client', client, { client_id: client });
  }
  addClaims('other client', 'in an inherited property', {
    client_id: undefined,
    ['__proto__' as string]: { client_id: clientId },
  });
  const withPrototype = JSON.stringify({ ...claims, client_id: undefined }).replace(
    '{',
    `{"__proto__":{"client_id":"${clientId}"},`,
  );
  add('other client', 'in __proto__', signText(JSON.stringify(header), withPrototype));

  const elsewhere = 'https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_Another01';
  for (const iss of [
    elsewhere,
    `${issuer}/`,
    `${issuer}2`,
    issuer.slice(0, -1),
    issuer.toUpperCase(),
    `${issuer}?a`,
    `${issuer}#a`,
    `${issuer}\u0000`,
    ` ${issuer}`,
    trap,
    'constructor',
    '__proto__',
  ]) {
    addClaims('other pool', `iss ${JSON.stringify(iss)}`.slice(0, 60), { iss });
  }
  add(
    'other pool',
    'its key and its issuer',
    signToken(stranger, { alg: 'RS256', kid: stranger.kid }, { ...claims, iss: elsewhere }),
  );

  addClaims('nobody', 'a client with a username', { sub: clientId });
  addClaims('nobody', 'a client with groups', {
    sub: clientId,
    username: undefined,
    'cognito:groups': ['admins'],
  });

  for (const size of [8_200, 10_000, 12_000, 14_000, 15_500]) {
    const padding = 'x'.repeat(Math.floor(((size - valid.length) * 3) / 4));
    addClaims('huge', `valid, ${size} characters`, { padding });
    add('huge', `${size} characters without a dot`, 'x'.repeat(size));
    add('huge', `${size} dots`, '.'.repeat(size));
    add('huge', `a header of ${size} characters`, `${'A'.repeat(size)}.e30.AA`);
  }
  add('huge', 'deep nesting', signText(JSON.stringify(header), `${'['.repeat(4_000)}`));
  add(
    'huge',
    'deep nesting, closed',
    signText(JSON.stringify(header), `${'['.repeat(2_000)}${']'.repeat(2_000)}`),
  );
  add(
    'huge',
    'many header members',
    `${encode(Object.fromEntries(Array.from({ length: 500 }, (_, i) => [`h${i}`, i])))}.${body}.${signature}`,
  );

  const forms: Record<string, string[]> = {
    'the scheme alone': ['Authorization', 'Bearer'],
    'the scheme and a space': ['Authorization', 'Bearer '],
    empty: ['Authorization', ''],
    'no scheme': ['Authorization', valid],
    Basic: ['Authorization', `Basic ${Buffer.from(`bearer:${valid}`).toString('base64')}`],
    DPoP: ['Authorization', `DPoP ${valid}`],
    Token: ['Authorization', `Token ${valid}`],
    'a tab': ['Authorization', `Bearer\t${valid}`],
    'a colon': ['Authorization', `Bearer: ${valid}`],
    'an equals sign': ['Authorization', `Bearer=${valid}`],
    'quotation marks': ['Authorization', `Bearer "${valid}"`],
    'the scheme twice': ['Authorization', `Bearer Bearer ${valid}`],
    'two tokens': ['Authorization', `Bearer ${valid} ${valid}`],
    'two tokens and a comma': ['Authorization', `Bearer ${valid}, Bearer ${valid}`],
    'something behind': ['Authorization', `Bearer ${valid} extra`],
    'a parameter behind': ['Authorization', `Bearer ${valid};a=b`],
    'two headers, the good one first': [
      'Authorization',
      `Bearer ${valid}`,
      'Authorization',
      'Bearer bad',
    ],
    'two headers, the good one last': [
      'Authorization',
      'Bearer bad',
      'Authorization',
      `Bearer ${valid}`,
    ],
    'two good headers': ['Authorization', `Bearer ${valid}`, 'Authorization', `Bearer ${valid}`],
    'two good headers, other case': [
      'authorization',
      `Bearer ${valid}`,
      'AUTHORIZATION',
      `Bearer ${valid}`,
    ],
    'Basic and good': ['Authorization', 'Basic YTpi', 'Authorization', `Bearer ${valid}`],
    'another header': ['X-Authorization', `Bearer ${valid}`],
    'the header of proxies': ['Proxy-Authorization', `Bearer ${valid}`],
    'a cookie': ['Cookie', `token=${valid}; access_token=${valid}`],
    'an underscore': ['X_Authorization', `Bearer ${valid}`],
  };
  for (const [name, headers] of Object.entries(forms)) addHeaders('header form', name, headers);
  addHeaders('header form', 'in the address', [], `/v1/profiles/me?access_token=${valid}`);
  return corpus;
}

/** Last characters that decode to the same bytes. */
function otherSpellings(signature: string): string[] {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
  const decoded = Buffer.from(signature, 'base64url');
  return [...alphabet].filter((last) => {
    const spelled = signature.slice(0, -1) + last;
    return spelled !== signature && Buffer.from(spelled, 'base64url').equals(decoded);
  });
}

/** All that could serve as a shared secret because everybody knows it. */
function publicSecrets({ privateKey, publicJwk }: SigningKey): Record<string, string | Buffer> {
  const spki = exportPublic(privateKey, 'spki');
  const pkcs1 = exportPublic(privateKey, 'pkcs1');
  return {
    PEM: spki,
    'PEM without a final newline': spki.trim(),
    'PEM with two final newlines': `${spki}\n`,
    'PEM with CRLF': spki.replaceAll('\n', '\r\n'),
    'PEM with white space before': ` \n${spki}`,
    'PEM with spaces behind': `${spki}  `,
    'PEM with tabs': spki.replaceAll('\n', '\n\t'),
    'PKCS #1 PEM': pkcs1,
    'PKCS #1 PEM without a final newline': pkcs1.trim(),
    'the body of the PEM': spki.split('\n').slice(1, -2).join(''),
    JWK: JSON.stringify(publicJwk),
    'JWK, indented': JSON.stringify(publicJwk, null, 2),
    'the modulus': Buffer.from(publicJwk.n ?? '', 'base64url'),
    'the modulus, encoded': publicJwk.n ?? '',
    'the key id': publicJwk.kid,
    nothing: '',
  };
}

function exportPublic(privateKey: KeyObject, type: 'spki' | 'pkcs1'): string {
  return createPublicKey(privateKey).export({ type, format: 'pem' }) as string;
}

function signHmac(hash: string, header: Claims, claims: Claims, secret: string | Buffer): string {
  const content = `${encode(header)}.${encode(claims)}`;
  return `${content}.${createHmac(hash, secret).update(content).digest('base64url')}`;
}
