import { spawn } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { DescribeTableCommand } from '@aws-sdk/client-dynamodb';
import { findCommand } from '../helper/service-build.ts';
import type { TableEngine } from '../helper/table-engine.ts';
import type { Teardown } from '../helper/teardown.ts';

export type RunningCommand = Awaited<ReturnType<typeof startTableCommand>>;

/** `npm run table` as it is built, in a process of its own. */
export async function startTableCommand(
  t: Teardown,
  { endpoint }: TableEngine,
  { tableName, schemaFile }: { tableName: string; schemaFile: string },
  args: readonly string[] = [],
) {
  const child = spawn(process.execPath, [await findCommand('table'), ...args], {
    env: {
      PATH: process.env.PATH,
      AWS_REGION: 'eu-west-1',
      AWS_ENDPOINT_URL_DYNAMODB: endpoint,
      AWS_ACCESS_KEY_ID: 'local',
      AWS_SECRET_ACCESS_KEY: 'local',
      USER_PROFILE_TABLE_NAME: tableName,
      PROFILE_SCHEMA_FILE: schemaFile,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  t.teardown(() => child.kill('SIGKILL'));
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (chunk) => {
      output += chunk;
    });
  }
  const ended = new Promise<number | NodeJS.Signals | null>((resolve) => {
    child.once('close', (code, signal) => resolve(code ?? signal));
  });
  return { child, ended, output: () => output };
}

/** The state of each index, by its name. */
export async function findIndexes(
  { client }: TableEngine,
  tableName: string,
): Promise<Record<string, string>> {
  const { Table } = await client.send(new DescribeTableCommand({ TableName: tableName }));
  const states = (Table?.GlobalSecondaryIndexes ?? []).map(
    ({ IndexName, IndexStatus }) => [IndexName ?? '', IndexStatus ?? ''] as const,
  );
  return Object.fromEntries(states);
}

/** Ends a command in the middle of an index, and says how far that is. */
export async function signalOnce(
  engine: TableEngine,
  tableName: string,
  index: string,
  { child, output }: RunningCommand,
  signal: NodeJS.Signals,
): Promise<string> {
  for (;;) {
    if (child.exitCode !== null) throw new Error(`The command ended before: ${output()}`);
    const state = (await findIndexes(engine, tableName))[index];
    if (state !== undefined) {
      child.kill(signal);
      return state;
    }
    await sleep(20);
  }
}
