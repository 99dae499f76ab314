import { mkdirSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import dynalite from 'dynalite';

export interface EmbeddedDynamoDB {
  /** For `AWS_ENDPOINT_URL_DYNAMODB`. */
  url: string;
  close: () => Promise<void>;
}

/** DynamoDB in this process: kept in `folder`, or in memory when there is none. */
export async function startDynamoDB({
  folder,
  port = 0,
  host = '127.0.0.1',
}: {
  folder?: string;
  port?: number;
  host?: string;
} = {}): Promise<EmbeddedDynamoDB> {
  if (folder) mkdirSync(folder, { recursive: true });
  const server = dynalite({ ...(folder && { path: folder }), createTableMs: 0, deleteTableMs: 0 });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
  const { port: actualPort } = server.address() as AddressInfo;
  return {
    url: `http://${host}:${actualPort}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
