import { createServer, type RequestListener } from 'node:http';
import dynalite from 'dynalite';
import { addedLatency } from '../cells.ts';
import { listen } from '../port.ts';
import { answerKnownItems } from './known-items.ts';

/**
 * One DynamoDB in memory behind two ports: the second waits before it handles a request. A timer
 * in this process costs next to nothing; a relay of its own would copy every byte once more
 * and take its share of the two cores from what is measured.
 */
const table = dynalite({ createTableMs: 0 }).listeners('request')[0] as RequestListener;
const handle = answerKnownItems(table);
const direct = createServer(handle);
const delayed = createServer((request, response) => {
  setTimeout(handle, addedLatency, request, response);
});
for (const server of [direct, delayed]) {
  // A contender waits for its turn longer than node's 5 s; its sockets must outlast that.
  server.keepAliveTimeout = 300_000;
}
process.send?.({ direct: await listen(direct), delayed: await listen(delayed) });
process.on('disconnect', () => process.exit());
