import Ajv from 'ajv/dist/2020.js';
import t from 'tap';
import { accessToken, idToken, machineToken, makePerson } from '../helper/callers.ts';
import { inParallel } from '../helper/parallel.ts';
import { createRandom } from '../helper/random.ts';
import { startService } from '../helper/start-service.ts';
import { makeStep, type Step } from './random-walk.ts';

const steps = Number(process.env.WALK_STEPS ?? 1_200);
/** One whose walk meets each status below several times. */
const seed = Number(process.env.WALK_SEED ?? 33);

interface Header {
  readonly required?: boolean;
}
interface Media {
  readonly schema: object;
}
interface Response {
  readonly headers?: Record<string, Header>;
  readonly content?: Record<string, Media>;
}
interface Document {
  readonly paths: Record<string, Record<string, { responses: Record<string, Response> }>>;
}

/** Headers of HTTP itself, and those the contract describes for all answers at once. */
const general = new Set([
  ...['connection', 'content-length', 'content-type', 'date', 'keep-alive', 'transfer-encoding'],
  ...['cache-control', 'content-security-policy', 'cross-origin-resource-policy', 'vary'],
  ...['referrer-policy', 'strict-transport-security', 'x-content-type-options'],
  'x-frame-options',
]);

t.test('T29 every answer of a random walk is as the served document says', async (t) => {
  const service = await startService(t);
  const document = (await (await fetch(`${service.url}/openapi.json`)).json()) as Document;
  const check = createCheck(document);
  const people = Array.from({ length: 6 }, () => makePerson({ name: 'Ada' }));
  const tokens = [
    ...people.map((person) => idToken(service, person)),
    ...people.slice(0, 2).map((person) => accessToken(service, person)),
    accessToken(service, makePerson({ groups: ['admins'] })),
    machineToken(service),
    machineToken(service),
    machineToken(service),
    machineToken(service, 'profiles/read'),
    undefined,
    'nonsense',
  ];
  const customers = Array.from({ length: 12 }, (_, n) => `svc-${n}`);
  const userIds = [...people.map(({ sub }) => sub), ...customers, 'ключ'].map(encodeURIComponent);
  const random = createRandom(seed);
  const walk = Array.from({ length: steps }, () => makeStep(random, { tokens, userIds }));

  const faults: string[] = [];
  const seen = new Map<string, number>();
  await inParallel(walk.length, 16, async (n) => {
    const step = walk[n] as Step;
    const answer = await take(service.url, step);
    const template = check.findTemplate(step);
    const kind = `${step.method} ${template ?? 'nowhere'} ${answer.status}`;
    seen.set(kind, (seen.get(kind) ?? 0) + 1);
    const fault = check.findFault(step, template, answer);
    if (fault) faults.push(`${step.method} ${step.path.slice(0, 80)} ${answer.status}: ${fault}`);
  });
  t.strictSame(faults.slice(0, 20), [], `seed ${seed}, ${faults.length} faults`);
  t.comment(`${steps} requests, ${seen.size} kinds of answer`);
  const statuses = new Set([...seen.keys()].map((kind) => kind.split(' ').at(-1)));
  for (const status of ['200', '201', '204', '304', '400', '401', '403', '404', '410', '412']) {
    t.ok(statuses.has(status), `the walk met ${status}`);
  }
  for (const status of ['413', '414', '415', '428']) t.ok(statuses.has(status), `and ${status}`);
  t.notOk(statuses.has('500'));
});

interface WalkAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

async function take(
  url: string,
  { method, path, token, headers, body }: Step,
): Promise<WalkAnswer> {
  const response = await fetch(`${url}${path}`, {
    method,
    headers: { ...headers, ...(token !== undefined && { authorization: `Bearer ${token}` }) },
    ...(body !== undefined && { body }),
  });
  return { status: response.status, headers: response.headers, text: await response.text() };
}

function createCheck(document: Document) {
  const ajv = new Ajv.default({ strict: false, validateFormats: false, allErrors: true });
  ajv.addSchema(document, 'served');
  const templates = Object.keys(document.paths).map((template) => ({
    template,
    pattern: new RegExp(`^${template.replace(/\{\w+\}/g, '[^/]+')}$`),
  }));

  function findTemplate({ method, path }: Step): string | undefined {
    const [address = ''] = path.split('?');
    const found = templates.filter(
      ({ template, pattern }) =>
        pattern.test(address) && document.paths[template]?.[method.toLowerCase()],
    );
    return (found.find(({ template }) => !template.includes('{')) ?? found[0])?.template;
  }

  function findFault(
    { method }: Step,
    template: string | undefined,
    { status, headers, text }: WalkAnswer,
  ): string | undefined {
    if (template === undefined) return findProblemFault(status, headers, text);
    const response = document.paths[template]?.[method.toLowerCase()]?.responses[status];
    if (!response) return 'no such status';
    const documented = Object.entries(response.headers ?? {});
    const names = new Set(documented.map(([name]) => name.toLowerCase()));
    const unknown = [...headers.keys()].filter((name) => !names.has(name) && !general.has(name));
    if (unknown.length > 0) return `headers ${unknown}`;
    const missing = documented.filter(([name, { required }]) => required && !headers.has(name));
    if (missing.length > 0) return `no header ${missing.map(([name]) => name)}`;
    const type = headers.get('content-type')?.split(';')[0] ?? '';
    if (!response.content) return text === '' && type === '' ? undefined : 'a body';
    if (!response.content[type]) return `media type ${type}`;
    const at = ['paths', template, method.toLowerCase(), 'responses', `${status}`, 'content', type];
    return validate([...at, 'schema'], text);
  }

  /** What is at no path of the document is refused as a problem, too. */
  function findProblemFault(status: number, headers: Headers, text: string): string | undefined {
    if (![400, 404, 414].includes(status)) return 'a status for nothing';
    if (headers.get('content-type') !== 'application/problem+json') return 'no problem';
    if (!headers.has('x-request-id')) return 'no request id';
    return validate(['components', 'schemas', 'Problem'], text);
  }

  function validate(path: readonly string[], text: string): string | undefined {
    const escaped = path.map((part) =>
      encodeURIComponent(part.replaceAll('~', '~0').replaceAll('/', '~1')),
    );
    const schema = ajv.getSchema(`served#/${escaped.join('/')}`);
    if (!schema) return 'no schema';
    return schema(JSON.parse(text)) ? undefined : ajv.errorsText(schema.errors);
  }

  return { findTemplate, findFault };
}
