import { parentPort, workerData } from 'node:worker_threads';
import { readContract } from './http/contract/contract-text.ts';
import type { ContractOrder } from './http/contract/write-contract.ts';
import { compileSchema } from './schema/profile-schema.ts';

/** A thread for one text: `http/contract/write-contract.ts` starts it. */
const { subject, form }: ContractOrder = workerData;
const { file, ...others } = subject;
parentPort?.postMessage(await readContract({ ...others, schema: compileSchema(file) }, form));
