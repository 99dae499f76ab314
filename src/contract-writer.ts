import { readContract } from './http/contract/contract-text.ts';
import type { ContractOrder } from './http/contract/write-contract.ts';
import { compileSchema } from './schema/profile-schema.ts';

/** A process for one text: `http/contract/write-contract.ts` starts it. */
process.once('message', async ({ subject, form }: ContractOrder) => {
  const { file, ...others } = subject;
  process.send?.(await readContract({ ...others, schema: compileSchema(file) }, form));
});
