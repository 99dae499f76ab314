declare module 'dynalite' {
  import type { Server } from 'node:http';

  /** Without `path` the tables are in memory. */
  export default function dynalite(options?: {
    path?: string;
    createTableMs?: number;
    updateTableMs?: number;
    deleteTableMs?: number;
  }): Server;
}

declare module 'dynalite/db/index.js' {
  /** Bytes of an item, as DynamoDB counts them. */
  export function itemSize(item: Record<string, Record<string, unknown>>): number;
}
