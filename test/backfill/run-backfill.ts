import type { ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type DynamoDBClient, paginateScan } from '@aws-sdk/client-dynamodb';
import type { Test } from 'tap';
import type { UserProblem } from '../../src/backfill/user-problems.ts';
import { parseOptions } from '../../src/cli/backfill/arguments.ts';
import type { Report } from '../../src/cli/backfill/report.ts';
import { runBackfill } from '../../src/cli/backfill/run.ts';
import { readSettings } from '../../src/cli/backfill/settings.ts';
import type { Item } from '../../src/dynamodb/item.ts';
import type { Entry } from '../../src/profiles/record.ts';
import { defaultSchema } from '../helper/default-schema.ts';
import { fromItem } from '../helper/items.ts';
import { startCommand } from '../helper/running-command.ts';
import { findCommand } from '../helper/service-build.ts';
import type { TableEngine } from '../helper/table-engine.ts';

export type WholeReport = Report & { readonly problems: readonly UserProblem[] };
export type BackfillEnv = Readonly<Record<string, string>>;

const command = await findCommand('backfill');

export function createEnv(
  pool: { url: string; poolId: string },
  engine: TableEngine,
  tableName: string,
): BackfillEnv {
  return {
    COGNITO_USER_POOL_ID: pool.poolId,
    USER_PROFILE_TABLE_NAME: tableName,
    AWS_REGION: 'eu-west-1',
    AWS_ENDPOINT_URL_DYNAMODB: engine.endpoint,
    AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER: pool.url,
  };
}

/** With `--yes`, unless the arguments say what kind of run it is. */
function withMode(args: readonly string[]): readonly string[] {
  return args.some((arg) => ['--yes', '--dry-run', '--check'].includes(arg))
    ? args
    : ['--yes', ...args];
}

/** One run in this process, which writes unless told otherwise, and its report as the file shows it. */
export async function backfill(
  t: Test,
  env: BackfillEnv,
  args: readonly string[] = [],
  signal = new AbortController().signal,
): Promise<WholeReport & { readonly terminal: string }> {
  const path = join(makeFolder(t), 'report.json');
  let terminal = '';
  const invocation = { args: ['--rate', '200', '--report', path, ...withMode(args)], env: {} };
  const options = parseOptions(invocation, () => defaultSchema);
  if (!options) throw new Error('no options');
  await runBackfill({
    options,
    settings: readSettings(env),
    schema: defaultSchema,
    signal,
    terminal: {
      write(chunk: string | Uint8Array) {
        terminal += chunk;
        return true;
      },
    },
  });
  return { ...(await readReport(options.report ?? path)), terminal };
}

export async function readReport(path: string): Promise<WholeReport> {
  return JSON.parse(await readFile(path, 'utf8'));
}

export interface BackfillProcess {
  readonly child: ChildProcess;
  /** The exit code, or the signal that ended it. */
  readonly ended: Promise<number | string>;
  output(): string;
}

/** The command itself, in a process of its own; it writes unless told otherwise. */
export function spawnBackfill(t: Test, env: BackfillEnv, args: readonly string[]): BackfillProcess {
  const { child, ended, output } = startCommand(t, command, withMode(args), env);
  return { child, ended: ended.then(({ code }) => code ?? 'ended'), output };
}

/** The whole table, raw, by user id. Every write gives an item another write id. */
export async function readTable(
  client: DynamoDBClient,
  TableName: string,
): Promise<Map<string, Item>> {
  const items = new Map<string, Item>();
  for await (const { Items = [] } of paginateScan({ client }, { TableName })) {
    for (const item of Items) items.set(item.userId?.S ?? '', item);
  }
  return new Map([...items].sort(([one], [other]) => (one < other ? -1 : 1)));
}

/** What two runs of the same move agree on: everything but the moment and the write. */
export function withoutTimes(items: ReadonlyMap<string, Item>): Entry[] {
  return [...items.values()].map((item) => {
    const { createdAt, ...rest } = item;
    // An item without a moment is no profile.
    const entry = fromItem({ ...rest, updatedAt: { S: '2026-01-01T00:00:00.000Z' } });
    // A backfill's provenance is its moment alone.
    const moments = entry.kind === 'live' && { provenance: undefined };
    return { ...entry, ...moments, attached: undefined };
  });
}

export function makeFolder(t: Test): string {
  const folder = mkdtempSync(join(tmpdir(), 'backfill-'));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}
