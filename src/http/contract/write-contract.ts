import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { stepBack } from '../../concurrency/step-back.ts';
import { files } from '../../files.ts';
import type { SchemaFile } from '../../schema/vocabulary.ts';
import type { ContractForm, ContractSubject } from './contract-text.ts';

/** What the writer is told: a subject with its schema as data, since functions don't cross over. */
export interface ContractOrder {
  readonly subject: Omit<ContractSubject, 'schema'> & { readonly file: SchemaFile };
  readonly form: ContractForm;
}

/**
 * The contract of a service with these fields, as text, written in a process of its own: reading
 * and writing YAML would hold the event loop for all that time.
 */
export function writeContract(
  { schema, ...others }: ContractSubject,
  form: ContractForm,
): Promise<string> {
  const order: ContractOrder = { subject: { ...others, file: schema.file }, form };
  return new Promise((resolve, reject) => {
    const writer = fork(fileURLToPath(files.contractWriter), { env: {}, stdio: 'inherit' });
    stepBack(writer);
    writer.once('message', (text) => resolve(String(text)));
    writer.once('error', reject);
    writer.once('close', (code, signal) => {
      reject(new Error(`The contract's writer ended with ${code ?? signal}`));
    });
    // Where it ended before it read this, it has said so.
    writer.send(order, () => {});
  });
}
