import t from 'tap';
import { accessToken, machineToken, makePerson } from '../helper/callers.ts';
import { send } from '../helper/request.ts';
import { type RunningService, startService } from '../helper/start-service.ts';

/**
 * The contract, written out by hand: who is answered what for each method and path.
 * `self` asks for their own profile, `stranger` is another person asking for it.
 */
const callers = [
  'nobody',
  'self',
  'stranger',
  'scoped',
  'admin',
  'none',
  'read',
  'write',
  'erase',
  'all',
];
const table = `
                              nobody self stranger scoped admin none read write erase all
GET    /me                       401  200      200    200   200  403  403   403   403 403
PATCH  /me                       401  200      200    200   200  403  403   403   403 403
DELETE /me                       401  204      204    204   204  403  403   403   403 403
GET    /me/export                401  200      200    200   200  403  403   403   403 403
GET    /{id}                     401  200      403    403   200  403  200   403   403 200
PUT    /{id} If-Match            401  403      403    403   200  403  403   204   403 200
PUT    /{id} If-None-Match       401  403      403    403   201  403  403   201   403 201
PATCH  /{id}                     401  200      403    403   200  403  403   204   403 200
DELETE /{id}                     401  204      403    403   204  403  403   403   204 204
GET    /{id}/export              401  403      403    403   200  403  200   403   403 200
GET    ?email=                   401  403      403    403   200  403  200   403   403 200
GET    ?stripeCustomerId=        401  403      403    403   200  403  200   403   403 200
GET    ?revenueCatId=            401  403      403    403   200  403  200   403   403 200
GET    ?limit=                   401  403      403    403   200  403  200   403   403 200
POST   /batch-get                401  403      403    403   200  403  200   403   403 200
GET    /v1/schema                401  200      200    200   200  200  200   200   200 200
GET    /v1/schema?audience=self  401  200      200    200   200  403  403   403   403 403
`;

const values: Record<string, unknown> = {
  email: 'new@example.com',
  emailVerified: true,
  givenName: 'Ada',
  familyName: 'Lovelace',
  displayName: 'Ada Lovelace',
  avatarUrl: 'https://images.example.com/ada.png',
  stripeCustomerId: 'cus_abc',
  revenueCatId: 'rc-abc',
  preferences: { theme: 'dark' },
  userId: 'somebody',
  createdAt: '2026-01-01T00:00:00.000Z',
  updatedAt: '2026-01-01T00:00:00.000Z',
  version: 7,
  sources: {},
  anything: 1,
};
/** Which fields each may write where; everything else is 400, by name. */
const fieldTable = `
                   PATCH/me:self PATCH/me:admin PATCH/{id}:self PATCH/{id}:admin PATCH/{id}:write PUT/{id}:admin PUT/{id}:write
email                        400            400             400              200              204            200            204
emailVerified                400            400             400              200              204            200            204
givenName                    200            200             200              200              204            200            204
familyName                   200            200             200              200              204            200            204
displayName                  200            200             200              200              204            200            204
avatarUrl                    200            200             200              200              204            200            204
stripeCustomerId             400            400             400              200              204            200            204
revenueCatId                 400            400             400              200              204            200            204
preferences                  200            200             200              200              204            200            204
userId                       400            400             400              400              400            400            400
createdAt                    400            400             400              400              400            400            400
updatedAt                    400            400             400              400              400            400            400
version                      400            400             400              400              400            400            400
sources                      400            400             400              400              400            400            400
anything                     400            400             400              400              400            400            400
`;

const every = 'profiles/read profiles/write profiles/erase';

interface Cell {
  readonly row: string;
  readonly column: string;
  readonly expected: number;
}

function readTable(text: string): Cell[] {
  const [head = '', ...rows] = text.trim().split('\n');
  const columns = head.trim().split(/\s+/);
  return rows.flatMap((line) => {
    const cells = line.trim().split(/\s+/);
    const row = cells.slice(0, cells.length - columns.length).join(' ');
    return columns.map((column, index) => ({
      row,
      column,
      expected: Number(cells[cells.length - columns.length + index]),
    }));
  });
}

let created = 0;
/** By their scopes: signing one takes as long as a request. */
const machines = new Map<string, string>();

function machineOf(service: RunningService, scopes: string): string {
  const token = machines.get(scopes) ?? machineToken(service, scopes);
  machines.set(scopes, token);
  return token;
}

/** A profile to try things on, of a person who can also ask for it themselves. */
async function createTarget(service: RunningService) {
  const owner = makePerson();
  const email = `target${++created}@example.com`;
  const fields = {
    email,
    stripeCustomerId: `cus_target${created}`,
    revenueCatId: `rc-target${created}`,
  };
  const { status } = await send(service.url, 'PUT', `/v1/profiles/${owner.sub}`, {
    token: machineOf(service, every),
    headers: { 'if-none-match': '*' },
    body: fields,
  });
  if (status !== 201) throw new Error(`PUT answered ${status}`);
  return { owner, fields };
}
type Target = Awaited<ReturnType<typeof createTarget>>;

function tokenOf(service: RunningService, caller: string, { owner }: Target): string | undefined {
  const groups = { claims: { 'cognito:groups': ['admins'] } };
  const scopes: Record<string, string> = {
    none: 'other/read',
    read: 'profiles/read',
    write: 'profiles/write',
    erase: 'profiles/erase',
    all: every,
  };
  if (caller === 'nobody') return undefined;
  if (caller === 'self') return accessToken(service, owner);
  if (caller === 'stranger') return accessToken(service, makePerson());
  if (caller === 'scoped')
    return accessToken(service, makePerson(), { scope: scopes.all as string });
  if (caller === 'admin') return accessToken(service, makePerson(), groups);
  return machineOf(service, scopes[caller] as string);
}

async function ask(service: RunningService, row: string, column: string) {
  const target = await createTarget(service);
  const token = tokenOf(service, column, target);
  const id = target.owner.sub;
  const { email, stripeCustomerId, revenueCatId } = target.fields;
  const lookups: Record<string, string> = {
    '?email=': `?email=${email}`,
    '?stripeCustomerId=': `?stripeCustomerId=${stripeCustomerId}`,
    '?revenueCatId=': `?revenueCatId=${revenueCatId}`,
    '?limit=': '?limit=2',
  };
  const [method = '', shape = '', precondition] = row.split(' ');
  const creates = precondition === 'If-None-Match';
  const path = lookups[shape] ?? shape.replace('{id}', creates ? makePerson().sub : id);
  const body = shape === '/batch-get' ? { userIds: [id] } : { displayName: 'New name' };
  return send(service.url, method, path.startsWith('/v1/') ? path : `/v1/profiles${path}`, {
    ...(token && { token }),
    ...(method !== 'GET' && method !== 'DELETE' && { body }),
    ...(precondition && { headers: { [precondition]: '*' } }),
  });
}

const service = await startService(t);

t.test('the authorization matrix: caller, method and path', async (t) => {
  const cells = readTable(table);
  t.equal(cells.length, 17 * callers.length);
  const answers = new Map<string, number>();
  for (const { row, column, expected } of cells) {
    const { status, body, headers } = await ask(service, row, column);
    answers.set(`${row}|${column}`, status);
    if (status !== expected) t.fail(`${row} by ${column}: ${status}, not ${expected}`, { body });
    if (status === 401 || status === 403) {
      t.match(
        headers.get('www-authenticate'),
        /^Bearer realm=/,
        `${row} by ${column}: a challenge`,
      );
    }
  }
  print(t, [...new Set(cells.map(({ row }) => row))], callers, answers);
  t.same(
    cells.filter(({ row, column, expected }) => answers.get(`${row}|${column}`) !== expected),
    [],
    'every answer is the one of the contract',
  );
});

t.test('who may not is told so and nothing of the fields, whatever they sent', async (t) => {
  const faulty = [
    ['GET', '/v1/profiles?stripeCustomerId=none'],
    ['GET', '/v1/profiles?email=a@example.com&stripeCustomerId=cus_a'],
    ['GET', '/v1/profiles?anything=1'],
    ['GET', '/v1/profiles?limit=0'],
    ['POST', '/v1/profiles/batch-get'],
    ['POST', '/v1/profiles/batch-get', { userIds: 'all' }],
  ] as const;
  const target = await createTarget(service);
  for (const caller of ['self', 'stranger', 'none', 'write']) {
    for (const [method, path, body] of faulty) {
      const token = tokenOf(service, caller, target) as string;
      const answer = await send(service.url, method, path, { token, ...(body && { body }) });
      t.equal(answer.status, 403, `${method} ${path} by ${caller}`);
      t.notOk(answer.body.errors, 'no word of a fault');
    }
  }
});

t.test('the authorization matrix: fields', async (t) => {
  const cells = readTable(fieldTable);
  t.equal(cells.length, Object.keys(values).length * 7);
  const answers = new Map<string, number>();
  for (const { row: field, column } of cells) {
    const [route = '', caller = ''] = column.split(':');
    const target = await createTarget(service);
    const [method = '', shape = ''] = route.split(/(?=\/)/);
    const path = `/v1/profiles${shape.replace('{id}', target.owner.sub)}`;
    const before = await readAsService(service, target);
    const { status, body } = await send(service.url, method, path, {
      token: tokenOf(service, caller, target) as string,
      body: {
        // A replacement without an address has nothing that could be verified.
        ...(field === 'emailVerified' && method === 'PUT' && { email: values.email }),
        [field]: values[field],
      },
      ...(method === 'PUT' && { headers: { 'if-match': '*' } }),
    });
    answers.set(`${field}|${column}`, status);
    if (status === 200 || status === 204) {
      const after = status === 200 ? body : await readAsService(service, target);
      t.same(after[field], values[field], `${column} wrote ${field}`);
      continue;
    }
    t.match(body.errors, [{ pointer: `/${field}` }], `${column}: ${field} is named`);
    t.same(await readAsService(service, target), before, `${column}: nothing changed by ${field}`);
  }
  const columns = [...new Set(cells.map(({ column }) => column))];
  print(t, Object.keys(values), columns, answers);
  t.same(
    cells.filter(({ row, column, expected }) => answers.get(`${row}|${column}`) !== expected),
    [],
    'every answer is the one of the contract',
  );
});

t.test('a service that may only write is shown nothing of what it writes to', async (t) => {
  const target = await createTarget(service);
  const path = `/v1/profiles/${target.owner.sub}`;
  const token = machineToken(service, 'profiles/write');
  const writes: [method: string, body: object, headers: Record<string, string>][] = [
    ['PATCH', {}, {}],
    ['PATCH', { preferences: {} }, {}],
    ['PATCH', { displayName: 'New' }, {}],
    ['PATCH', { displayName: 'New' }, { 'if-match': '"99"' }],
    ['PATCH', { displayName: 'x'.repeat(201) }, {}],
    ['PUT', {}, { 'if-none-match': '*' }],
    ['PUT', {}, { 'if-match': '"99"' }],
    ['PUT', {}, {}],
    ['PUT', { displayName: 'New' }, { 'if-match': '*' }],
  ];
  const canaries = [...Object.values(target.fields), 'createdAt', 'updatedAt'];
  for (const [method, body, headers] of writes) {
    const answer = await send(service.url, method, path, { token, body, headers });
    const seen = `${JSON.stringify([...answer.headers])}${answer.text}`;
    const name = `${method} ${JSON.stringify(headers)}: ${answer.status}`;
    for (const canary of canaries) t.notOk(seen.includes(canary), `${name} ${canary}`);
    if (answer.status === 204) t.match(answer.headers.get('etag'), /^"\d+"$/, `${name} has a tag`);
  }
});

async function readAsService(service: RunningService, { owner }: Target) {
  const token = machineOf(service, every);
  return (await send(service.url, 'GET', `/v1/profiles/${owner.sub}`, { token })).body;
}

function print(
  t: { comment(text: string): void },
  rows: readonly string[],
  columns: readonly string[],
  answers: ReadonlyMap<string, number>,
): void {
  const first = Math.max(...rows.map((row) => row.length));
  t.comment([''.padEnd(first), ...columns].join('  '));
  for (const row of rows) {
    const cells = columns.map((column) =>
      String(answers.get(`${row}|${column}`)).padStart(column.length),
    );
    t.comment([row.padEnd(first), ...cells].join('  '));
  }
}
