import { createItems } from '../../src/dynamodb/item.ts';
import { defaultSchema } from './default-schema.ts';

/** Entries of the default fields, as they lie in the table. */
export const { toItem, fromItem } = createItems(defaultSchema);
