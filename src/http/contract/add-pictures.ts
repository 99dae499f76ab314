/** Uploads as they lie beside the contract, for services that take them (`openapi.pictures.yaml`). */
export interface PicturesContract {
  readonly tags: readonly object[];
  readonly paths: Readonly<Record<string, object>>;
}

interface Document {
  readonly tags: object[];
  readonly paths: Record<string, object>;
  readonly components: {
    readonly schemas: {
      readonly Problem: { readonly properties: { readonly code: { readonly enum: string[] } } };
      readonly FieldSchema: { readonly properties: Record<string, object> };
    };
  };
}

/** The whole contract of a service that takes pictures. */
export function addPictures(document: unknown, { tags, paths }: PicturesContract): unknown {
  const added = structuredClone(document) as Document;
  added.tags.push(...tags);
  Object.assign(added.paths, paths);
  return tellOfPictures(added);
}

/** What changes elsewhere in the contract: a code of problems, and what `GET /v1/schema` tells. */
export function tellOfPictures(document: unknown): unknown {
  const { Problem, FieldSchema } = (document as Document).components.schemas;
  const { enum: codes } = Problem.properties.code;
  codes.splice(codes.indexOf('CURSOR_INVALID') + 1, 0, 'PICTURE_INVALID');
  FieldSchema.properties['x-picture'] = {
    description: 'True where this caller can upload a picture for the field.',
    type: 'boolean',
  };
  return document;
}
