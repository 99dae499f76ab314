import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { builtPeers } from './build-peers.ts';
import { type Scenario, scenarios } from './cells.ts';

export const contenderNames = ['express', 'fastify-defaults', 'bare', 'ours'] as const;
export type ContenderName = (typeof contenderNames)[number];

export interface Contender {
  name: ContenderName;
  title: string;
  /** For the chart. */
  shortTitle: string;
  script: string;
  /** Of node, before the script. */
  flags?: readonly string[];
  scenarios: readonly Scenario[];
  env: Record<string, string>;
}

/** As the image starts it. */
const start: string = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'))
  .scripts.start;
const server = join(dirname(fileURLToPath(import.meta.url)), '../dist/server.js');

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
    scenarios: ['read'],
    env: { NODE_ENV: 'production' },
  },
  {
    name: 'ours',
    title: 'this service',
    shortTitle: 'this service',
    script: server,
    flags: start.split(' ').filter((word) => word.startsWith('--')),
    scenarios,
    // Only outside production may the issuer be a local one.
    env: { NODE_ENV: 'development', RATE_LIMIT_PER_MINUTE: '1000000000' },
  },
];

/** Why a contender can't take part, if it can't. */
export function absenceOf({ script }: Contender): string | undefined {
  return existsSync(script) ? undefined : 'dist/server.js is not there: npm run build';
}
