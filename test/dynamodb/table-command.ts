import { setTimeout as sleep } from 'node:timers/promises';
import { DescribeTableCommand } from '@aws-sdk/client-dynamodb';
import { emulatedAws, startCommand } from '../helper/running-command.ts';
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
  const { child, ended, output } = startCommand(t, await findCommand('table'), args, {
    ...emulatedAws,
    AWS_ENDPOINT_URL_DYNAMODB: endpoint,
    USER_PROFILE_TABLE_NAME: tableName,
    PROFILE_SCHEMA_FILE: schemaFile,
  });
  return { child, ended: ended.then(({ code }) => code), output };
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

/**
 * Ends a command in the middle of an index, and says how far that is; undefined where the command
 * was through before this process, on a busy machine, had its turn.
 */
export async function signalOnce(
  engine: TableEngine,
  tableName: string,
  index: string,
  { child, output }: RunningCommand,
  signal: NodeJS.Signals,
): Promise<string | undefined> {
  for (;;) {
    if (child.exitCode === 0) return undefined;
    if (child.exitCode !== null) throw new Error(`The command failed before: ${output()}`);
    const state = (await findIndexes(engine, tableName))[index];
    if (state !== undefined) return child.kill(signal) ? state : undefined;
    await sleep(20);
  }
}
