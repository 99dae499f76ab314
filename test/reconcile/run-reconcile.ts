import { mkdtempSync, rmSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  type AttributeValue,
  BatchWriteItemCommand,
  paginateScan,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import type { Test } from 'tap';
import type { ReconcileReport } from '../../src/cli/reconcile/report.ts';
import { startRelay } from '../faults/relay.ts';
import {
  type CommandEnvironment,
  type EndedCommand,
  emulatedAws,
  startCommand,
} from '../helper/running-command.ts';
import { findCommand } from '../helper/service-build.ts';
import { startDynalite } from '../helper/table-engine.ts';
import { startUserPools } from './user-pools.ts';

const command = await findCommand('reconcile');

export const poolIds = ['eu-west-1_FirstPool', 'us-east-1_OtherPool'] as const;
export type Item = Record<string, AttributeValue>;

export interface WholeReport extends ReconcileReport {
  readonly problems: readonly { readonly userId: string; readonly reason: string }[];
}

/** The built command in a process of its own. */
export function startReconcile(t: Test, env: CommandEnvironment, args: readonly string[]) {
  // A run that follows a queue lists nobody.
  const pace = args.includes('--follow') ? [] : ['--rate', '1000'];
  return startCommand(t, command, [...pace, ...args], { ...emulatedAws, ...env });
}

/** Two pools, a table, and the built command between them. */
export async function prepareReconcile(t: Test) {
  const engine = await startDynalite(t);
  const relay = await startRelay(t, engine.endpoint);
  const tableName = await engine.createTable();
  const pools = await startUserPools(t, poolIds);
  const folder = mkdtempSync(join(tmpdir(), 'reconcile-'));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  const reportFile = join(folder, 'report.json');
  const env: Record<string, string | undefined> = {
    AWS_ENDPOINT_URL_DYNAMODB: relay.endpoint,
    AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER: pools.url,
    USER_PROFILE_TABLE_NAME: tableName,
    COGNITO_USER_POOL_ID: poolIds[0],
    COGNITO_ADDITIONAL_POOLS: `${poolIds[1]}=client1`,
  };

  const start = (...args: string[]) => startReconcile(t, env, args);
  const calls = () => pools.calls + relay.calls();

  return {
    engine,
    pools,
    relay,
    env,
    start,
    calls,

    /** A run to its end, and its report. */
    async run(...args: string[]): Promise<EndedCommand & { report: WholeReport }> {
      const ended = await start('--report', reportFile, ...args).ended;
      return { ...ended, report: JSON.parse(await readFile(reportFile, 'utf8')) };
    },

    /** A run that is killed after so many calls of pools and table; whether it was before its end. */
    async kill(after: number, ...args: string[]): Promise<boolean> {
      const before = calls();
      const { child, ended } = start('--report', reportFile, ...args);
      while (calls() - before < after && child.exitCode === null) await sleep(1);
      child.kill('SIGKILL');
      return (await ended).code === 'SIGKILL';
    },

    async put(items: readonly Item[]): Promise<void> {
      for (let at = 0; at < items.length; at += 25) {
        const requests = items.slice(at, at + 25).map((Item) => ({ PutRequest: { Item } }));
        const command = new BatchWriteItemCommand({ RequestItems: { [tableName]: requests } });
        await engine.client.send(command);
      }
    },

    /** The notes of earlier runs look this many days older than they are. */
    async ageNotes(days: number): Promise<void> {
      for (const [userId, item] of await readTable()) {
        if (item.closing?.S === undefined) continue;
        const at = new Date(Date.parse(item.closing.S) - days * 86_400_000).toISOString();
        await engine.client.send(
          new UpdateItemCommand({
            TableName: tableName,
            Key: { userId: { S: userId } },
            UpdateExpression: 'SET #closing = :at',
            ExpressionAttributeNames: { '#closing': 'closing' },
            ExpressionAttributeValues: { ':at': { S: at } },
          }),
        );
      }
    },
    readTable,
  };

  async function readTable(): Promise<Map<string, Item>> {
    const items = new Map<string, Item>();
    const pages = paginateScan({ client: engine.client }, { TableName: tableName });
    for await (const { Items = [] } of pages) {
      for (const item of Items) items.set(item.userId?.S ?? '', item);
    }
    return items;
  }
}

const moment = '2026-01-01T00:00:00.000Z';

export function profileOf(userId: string, more: Item = {}): Item {
  return {
    userId: { S: userId },
    createdAt: { S: moment },
    updatedAt: { S: moment },
    version: { N: '1' },
    sources: { M: { displayName: { S: 'person' } } },
    displayName: { S: `Name of ${userId}` },
    ...more,
  };
}

export function tombstoneOf(userId: string, closing?: readonly string[]): Item {
  return {
    userId: { S: userId },
    version: { N: '2' },
    erasedAt: { S: moment },
    expiresAt: { N: '4000000000' },
    ...(closing && { closing: { L: closing.map((S) => ({ S })) } }),
  };
}
