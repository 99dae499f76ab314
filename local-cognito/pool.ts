import { join } from 'node:path';
import type { FastifyInstance } from 'fastify';
import { pino } from 'pino';
import { buildPoolServer } from './pool-server.ts';
import { announcePool } from './running-pool.ts';
import { type PoolSettings, poolId } from './settings.ts';
import type { SigningKey } from './signing-key.ts';

/** The pool of the development stack, listening. Codes it would e-mail are printed. */
export async function startPool(
  { folder, poolHost: host, poolPort: port, poolUrl: url }: PoolSettings,
  key: SigningKey,
  output: NodeJS.WritableStream,
): Promise<FastifyInstance> {
  const app = await buildPoolServer({
    poolId,
    url,
    key,
    folder: join(folder, 'cognito'),
    logger: pino({ name: 'user pool', level: 'warn' }, output),
    deliverCode: (email, code) => console.log(`Code for ${email}: ${code}`),
  });
  const withdraw = announcePool(folder, url);
  app.addHook('onClose', async () => withdraw());
  await app.listen({ host, port });
  return app;
}
