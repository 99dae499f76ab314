import type { Violation } from '../refusal.ts';

/** Everything that is wrong with a schema file, each with the JSON pointer of its place. */
export class SchemaFaults extends Error {
  readonly faults: readonly Violation[];

  /** @param file which one, where a text has come from one */
  constructor(faults: readonly Violation[], file?: string) {
    const lines = faults.map(({ pointer, detail }) => `  ${pointer || '/'}: ${detail}`);
    const which = file === undefined ? '' : `${file}: `;
    super([`${which}The profile schema has faults:`, ...lines].join('\n'));
    this.name = 'SchemaFaults';
    this.faults = faults;
  }
}
