import type { Violation } from '../refusal.ts';

/** Everything that is wrong with a schema file, each with the JSON pointer of its place. */
export class SchemaFaults extends Error {
  readonly faults: readonly Violation[];

  constructor(faults: readonly Violation[]) {
    const lines = faults.map(({ pointer, detail }) => `  ${pointer || '/'}: ${detail}`);
    super(['The profile schema has faults:', ...lines].join('\n'));
    this.name = 'SchemaFaults';
    this.faults = faults;
  }
}
