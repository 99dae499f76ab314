import { Worker } from 'node:worker_threads';
import { files } from '../../files.ts';
import type { SchemaFile } from '../../schema/vocabulary.ts';
import type { ContractForm, ContractSubject } from './contract-text.ts';

/** What the thread is told: a subject with its schema as data, since functions don't cross over. */
export interface ContractOrder {
  readonly subject: Omit<ContractSubject, 'schema'> & { readonly file: SchemaFile };
  readonly form: ContractForm;
}

/**
 * The contract of a service with these fields, as text, made in a thread of its own: reading and
 * writing YAML would hold the event loop for all that time.
 */
export function writeContract(
  { schema, ...others }: ContractSubject,
  form: ContractForm,
): Promise<string> {
  const workerData: ContractOrder = { subject: { ...others, file: schema.file }, form };
  const thread = new Worker(files.contractThread, { workerData });
  return new Promise((resolve, reject) => {
    thread.once('message', resolve);
    thread.once('error', reject);
    thread.once('exit', () => reject(new Error('The contract was not written')));
  });
}
