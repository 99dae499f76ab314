import { existsSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { machineClients } from './app-clients.ts';
import { makeServiceToken, makeUserToken, type TokenSettings } from './make-token.ts';
import { findRunningPool } from './running-pool.ts';
import { sampleNames } from './sample-people.ts';
import { issuerOf, readPoolSettings } from './settings.ts';
import { loadSigningKey } from './signing-key.ts';

const usage = `Prints a token that the development stack accepts, good for 24 hours.

npm run -s token -- --user <name> [--provider cognito|google|apple] [--use access|id] [--groups a,b] [--expired]
npm run -s token -- --service <name> [--scope "profiles/read profiles/write"] [--expired]

--user      ${sampleNames.join(', ')}; or a person who signed up: e-mail address, username or sub
--provider  which of the person's accounts: through Google, say
--use       access by default; id carries the names and the address
--groups    in place of the person's own
--service   ${machineClients.map(({ name }) => name).join(', ')}
--scope     every scope of the service by default
--expired   a genuine token whose time is over
--help      this`;

try {
  if (existsSync('.env')) process.loadEnvFile();
  console.log(run(process.argv.slice(2)));
} catch (error) {
  console.error(`${(error as Error).message}\n\n${usage}`);
  process.exitCode = 2;
}

function run(args: string[]): string {
  const { values } = parseArgs({
    args,
    options: {
      user: { type: 'string' },
      provider: { type: 'string' },
      use: { type: 'string' },
      groups: { type: 'string' },
      service: { type: 'string' },
      scope: { type: 'string' },
      expired: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) return usage;
  const { user, service } = values;
  if (user !== undefined && service === undefined) {
    return makeUserToken({ ...values, user }, readSettings());
  }
  if (service !== undefined && user === undefined) {
    return makeServiceToken({ ...values, service }, readSettings());
  }
  throw new Error('Say either --user or --service');
}

/** As the variables say; without one, as the stack was started in another terminal. */
function readSettings(): TokenSettings {
  const { env } = process;
  const { folder, keyFile, issuer } = readPoolSettings(env);
  const moved = env.DEV_POOL_PORT || env.DEV_POOL_URL ? undefined : findRunningPool(folder);
  return { folder, key: loadSigningKey(keyFile), issuer: moved ? issuerOf(moved) : issuer };
}
