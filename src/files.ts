import { existsSync } from 'node:fs';

/**
 * Files the service reads. This module lies one level below the project's root, in `src/` as in
 * the bundle, so the addresses hold for both. Sources end in `ts` and what is built in `js`.
 */
const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
const builtScript = new URL('./reference.js', import.meta.url);

export const files = {
  contract: new URL('../openapi.yaml', import.meta.url),
  /** What a service that closes accounts has besides. */
  accountsContract: new URL('../openapi.accounts.yaml', import.meta.url),
  /** What a service with a public field has besides. */
  peopleContract: new URL('../openapi.people.yaml', import.meta.url),
  /** What a service that takes pictures has besides. */
  picturesContract: new URL('../openapi.pictures.yaml', import.meta.url),
  /** The fields of a profile, where no other file is named. */
  profileSchema: new URL('../profile.schema.json', import.meta.url),
  /** The program that the contract is written in. */
  contractWriter: new URL(`./contract-writer.${extension}`, import.meta.url),
  /** The program that a picture is decoded in. */
  pictureDecoder: new URL(`./picture-decoder.${extension}`, import.meta.url),
  /** The reference page's script, as its package ships it for browsers; the build copies it. */
  referenceScript: () =>
    existsSync(builtScript)
      ? builtScript
      : new URL('js/standalone.js', import.meta.resolve('@scalar/fastify-api-reference')),
};
