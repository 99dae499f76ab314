import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import Ajv from 'ajv/dist/2020.js';
import type { Test } from 'tap';
import { type Answer, type RequestOptions, send } from './request.ts';

interface Response {
  readonly content?: Record<string, object>;
}
type Operation = { readonly responses: Record<string, Response> };
interface Document {
  readonly paths: Record<string, Record<string, Operation>>;
}

const file = new URL('../../openapi.yaml', import.meta.url);
const contract = await readContract();
const ajv = new Ajv.default({ strict: false, validateFormats: false, allErrors: true });
ajv.addSchema(contract, 'contract');

/** `send`, and the answer is one that `openapi.yaml` promises for this path and status. */
export async function sendChecked(
  t: Test,
  url: string,
  method: string,
  path: string,
  options: RequestOptions = {},
): Promise<Answer> {
  const answer = await send(url, method, path, options);
  const fault = findFault(method, path, answer);
  if (fault) t.fail(`${method} ${path} ${answer.status} is not in the contract: ${fault}`);
  return answer;
}

/** Parsing YAML takes longer than most tests, so its JSON is kept from run to run. */
async function readContract(): Promise<Document> {
  const text = readFileSync(file, 'utf8');
  const name = createHash('sha256').update(text).digest('hex').slice(0, 16);
  const kept = new URL(`../../node_modules/.cache/contract-${name}.json`, import.meta.url);
  try {
    return JSON.parse(readFileSync(kept, 'utf8'));
  } catch {
    const { parse } = await import('yaml');
    const document = parse(text);
    mkdirSync(new URL('.', kept), { recursive: true });
    // Another process may be reading it.
    const draft = new URL(`${kept.href}.${process.pid}`);
    writeFileSync(draft, JSON.stringify(document));
    renameSync(draft, kept);
    return document;
  }
}

/** How an answer differs from the contract. */
function findFault(method: string, path: string, answer: Answer): string | undefined {
  const template = findTemplate(path.split('?')[0] ?? '', method);
  const response = contract.paths[template]?.[method.toLowerCase()]?.responses[answer.status];
  if (!response) return 'no such status';
  const type = answer.headers.get('content-type')?.split(';')[0] ?? '';
  if (!response.content) return answer.text === '' ? undefined : 'a body that is not announced';
  if (!response.content[type]) return `media type ${type}`;
  const at = ['paths', template, method.toLowerCase(), 'responses', `${answer.status}`, 'content'];
  const pointer = [...at, type, 'schema'].map(escapePointer).join('/');
  const validate = ajv.getSchema(`contract#/${pointer}`);
  if (!validate) return 'no schema';
  return validate(answer.body) ? undefined : ajv.errorsText(validate.errors);
}

function findTemplate(path: string, method: string): string {
  const matches = Object.keys(contract.paths).filter(
    (template) =>
      new RegExp(`^${template.replace(/\{\w+\}/g, '[^/]+')}$`).test(path) &&
      contract.paths[template]?.[method.toLowerCase()],
  );
  return matches.find((template) => !template.includes('{')) ?? matches[0] ?? '';
}

function escapePointer(part: string): string {
  return encodeURIComponent(part.replaceAll('~', '~0').replaceAll('/', '~1'));
}
