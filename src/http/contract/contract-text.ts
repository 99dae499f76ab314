import { readFile } from 'node:fs/promises';
import { parse, stringify } from 'yaml';
import { files } from '../../files.ts';
import type { ProfileSchema } from '../../schema/profile-schema.ts';
import { addAccounts } from './add-accounts.ts';
import { addPeople } from './add-people.ts';
import { addPictures } from './add-pictures.ts';
import type { ContractAddition } from './extend-contract.ts';
import { digestKey, fillFields } from './fill-fields.ts';

export interface ContractSubject {
  readonly schema: ProfileSchema;
  readonly accountClosure: 'off' | 'own-token' | 'admin';
  /** Pictures are taken. */
  readonly pictures: boolean;
}

export type ContractForm = 'json' | 'yaml';

/**
 * The contract of a service with these fields, as text. It takes a third of a second of CPU, which
 * is why the service has another process do it (`write-contract.ts`).
 */
export async function readContract(
  { schema, accountClosure, pictures }: ContractSubject,
  form: ContractForm,
): Promise<string> {
  const text = await readFile(files.contract, 'utf8');
  const isCurrent = new RegExp(`^  ${digestKey}: "?${schema.digest}"?$`, 'm').test(text);
  if (form === 'yaml' && isCurrent && accountClosure === 'off' && !pictures) return text;
  const whole =
    accountClosure === 'off'
      ? parse(text)
      : addAccounts(parse(text), await readAddition(files.accountsContract), accountClosure);
  const told =
    schema.publicFields.length > 0
      ? addPeople(whole, await readAddition(files.peopleContract), schema)
      : whole;
  const shown = pictures ? addPictures(told, await readAddition(files.picturesContract)) : told;
  const document = isCurrent ? shown : fillFields(shown, schema);
  return form === 'json' ? JSON.stringify(document) : formatContract(document);
}

async function readAddition(file: URL): Promise<ContractAddition> {
  return parse(await readFile(file, 'utf8'));
}

export function formatContract(document: unknown): string {
  return stringify(document, { lineWidth: 100, aliasDuplicateObjects: false });
}
