import Fastify from 'fastify';
import { profileOf } from '../data.ts';

/** The floor under any Fastify service: one constant of a profile's size, nothing else. */
const profile = profileOf(0);
const app = Fastify();
app.get('/readyz', async () => ({ status: 'ok' }));
app.get('/v1/profiles/me', async () => profile);
app.patch('/v1/profiles/me', async () => profile);
app.get('/v1/profiles', async () => ({ profiles: [profile] }));
await app.listen({ host: '127.0.0.1', port: Number(process.env.PORT) });
