import { formatAnnouncement } from './announce.ts';
import { createLogOutput } from './log-output.ts';
import { startPool } from './pool.ts';
import { readPoolSettings } from './settings.ts';
import { loadSigningKey } from './signing-key.ts';

// The pool alone, for containers: `npm run dev` runs it beside everything else.
const settings = readPoolSettings(process.env);
const key = loadSigningKey(settings.keyFile);
const pool = await startPool(settings, key, createLogOutput());
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, async () => {
    await pool.close();
    process.exit(0);
  });
}
console.log(formatAnnouncement(settings, key));
