import {
  addMember,
  addProblemCode,
  type ContractAddition,
  type ContractDocument,
  extendContract,
} from './extend-contract.ts';

/** The whole contract of a service that takes pictures (`openapi.pictures.yaml`). */
export function addPictures(document: unknown, pictures: ContractAddition): ContractDocument {
  return tellOfPictures(extendContract(document, pictures));
}

/** What changes elsewhere in the contract: a code of problems, and what `GET /v1/schema` tells. */
export function tellOfPictures(document: ContractDocument): ContractDocument {
  addProblemCode(document, 'PICTURE_INVALID', 'CURSOR_INVALID');
  addMember(document, 'FieldSchema', 'x-picture', {
    description: 'True where this caller can upload a picture for the field.',
    type: 'boolean',
  });
  return document;
}
