import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { builtPeers } from './build-peers.ts';
import { type Cell, type Scenario, scenarios } from './cells.ts';
import type { ContenderName } from './contender-names.ts';
import { writeSixtyFields } from './sixty-fields.ts';

export interface Contender {
  name: ContenderName;
  title: string;
  /** For the chart. */
  shortTitle: string;
  script: string;
  /** Of node, before the script. */
  flags?: readonly string[];
  scenarios: readonly Scenario[];
  /** Only where there are so many; else everywhere. */
  connections?: number;
  env: Record<string, string>;
}

/** As the image starts it. */
const start: string = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'))
  .scripts.start;
const server = join(dirname(fileURLToPath(import.meta.url)), '../dist/server.js');

const flags = start.split(' ').filter((word) => word.startsWith('--'));
/** Only outside production may the issuer be a local one. */
const development = { NODE_ENV: 'development', RATE_LIMIT_PER_MINUTE: '1000000000' };

export const contenders: Contender[] = [
  {
    name: 'express',
    title: 'Express 5 + aws-jwt-verify + DocumentClient',
    shortTitle: 'Express + aws-jwt-verify',
    script: join(builtPeers, 'peers/express.js'),
    scenarios,
    env: { NODE_ENV: 'production' },
  },
  {
    name: 'fastify-defaults',
    title: 'Fastify + @fastify/jwt + get-jwks + DocumentClient',
    shortTitle: 'Fastify + @fastify/jwt',
    script: join(builtPeers, 'peers/fastify-defaults.js'),
    scenarios,
    env: { NODE_ENV: 'production' },
  },
  {
    name: 'bare',
    title: 'bare Fastify, a constant',
    shortTitle: 'bare Fastify, a constant',
    script: join(builtPeers, 'peers/bare.js'),
    scenarios: ['read', 'patch', 'sign-in', 'lookup'],
    env: { NODE_ENV: 'production' },
  },
  {
    name: 'sixty-fields',
    title: 'this service with 60 fields, the same answers',
    shortTitle: 'this service, 60 fields',
    script: server,
    flags,
    scenarios: ['read', 'patch'],
    connections: 64,
    env: { ...development, PROFILE_SCHEMA_FILE: writeSixtyFields() },
  },
  {
    name: 'ours',
    title: 'this service',
    shortTitle: 'this service',
    script: server,
    flags,
    scenarios,
    env: development,
  },
];

/** Why a contender can't take part, if it can't. */
export function absenceOf({ script }: Contender): string | undefined {
  return existsSync(script) ? undefined : 'dist/server.js is not there: npm run build';
}

export function takesPart({ scenarios, connections }: Contender, cell: Cell): boolean {
  const isMany = connections === undefined || connections === cell.connections;
  return isMany && scenarios.includes(cell.scenario);
}
