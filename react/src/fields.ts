import type { FieldSchema, ProfileSchema } from 'user-profile-client';

/** How a person changes a value. */
export type Control =
  | 'text'
  | 'longText'
  | 'url'
  | 'email'
  | 'number'
  | 'date'
  | 'moment'
  | 'select'
  | 'switch'
  | 'choices'
  | 'lines'
  | 'json';

/** One control of the form: a field of the profile, or a part of one. */
export interface ProfileField {
  /** Its JSON pointer without the first slash: `address/city`. */
  readonly name: string;
  readonly path: readonly string[];
  /** The label where the table of texts has none. */
  readonly title: string;
  readonly control: Control;
  readonly schema: FieldSchema;
  /** Everyone may see it. */
  readonly isPublic: boolean;
}

/** A typed object: its parts belong together. */
interface FieldGroup {
  readonly name: string;
  readonly title: string;
  readonly members: readonly FormEntry[];
}

export type FormEntry = ProfileField | FieldGroup;

/** What the form asks for, what is only shown, and which field holds the page's own choices. */
interface Layout {
  readonly entries: readonly FormEntry[];
  /** Every control of the entries. */
  readonly fields: readonly ProfileField[];
  readonly shown: readonly ProfileField[];
  readonly choicesIn?: string | undefined;
}

/** The pair that every profile has is told at the top of the page, in words of its own. */
const atTheTop: readonly string[] = ['email', 'emailVerified'];
/** Profiles have it where a field is public, and a place of its own tells what it does. */
const listed = 'listed';

/** Where everything of a schema goes. */
export function layOut(schema: ProfileSchema): Layout {
  const choicesIn = findChoices(schema);
  const picture = findPicture(schema);
  const own = Object.entries(schema.properties).filter(
    ([name]) => ![...atTheTop, listed, picture, choicesIn].includes(name),
  );
  const entries = own
    .filter(([, field]) => !field.readOnly)
    .map(([name, field]) => toEntry([name], field));
  const shown = own
    .filter(([, field]) => field.readOnly)
    .flatMap(([name, field]) => listFields([toEntry([name], field)]));
  return { entries, fields: listFields(entries), shown, choicesIn };
}

export function hasPublicFields({ properties }: ProfileSchema): boolean {
  return properties[listed] !== undefined;
}

/** What everyone may see. */
export function listPublic({ properties }: ProfileSchema): ProfileField[] {
  const entries = Object.entries(properties)
    .filter(([, field]) => isPublic(field))
    .map(([name, field]) => toEntry([name], field));
  return listFields(entries);
}

/** The generated types are those of the default fields, none of which is public. */
export function isPublic(schema: FieldSchema | undefined): boolean {
  return (schema as { 'x-public'?: unknown } | undefined)?.['x-public'] === true;
}

/** The field that the person can upload a picture for; its control is one of its own. */
export function findPicture({ properties }: ProfileSchema): string | undefined {
  return Object.keys(properties).find(
    // The generated types are those of a service that takes no uploads.
    (name) => (properties[name] as { 'x-picture'?: unknown })['x-picture'] === true,
  );
}

/** The first free object that the person may write. */
export function findChoices({ properties }: ProfileSchema): string | undefined {
  return Object.keys(properties).find((name) => {
    const field = properties[name];
    return field?.type === 'object' && field.additionalProperties === true && !field.readOnly;
  });
}

/** The field that this hint names: https://html.spec.whatwg.org/#autofill */
export function findByHint({ properties }: ProfileSchema, hint: string): string | undefined {
  return Object.keys(properties).find((name) => properties[name]?.['x-autocomplete'] === hint);
}

export function isGroup(entry: FormEntry): entry is FieldGroup {
  return 'members' in entry;
}

function listFields(entries: readonly FormEntry[]): ProfileField[] {
  return entries.flatMap((entry) => (isGroup(entry) ? listFields(entry.members) : [entry]));
}

function toEntry(
  path: readonly string[],
  schema: FieldSchema,
  isSeen = isPublic(schema),
): FormEntry {
  const name = path.join('/');
  const title = schema.title ?? path.at(-1) ?? '';
  if (schema.type !== 'object' || !schema.properties) {
    return { name, path, title, control: chooseControl(schema), schema, isPublic: isSeen };
  }
  const members = Object.entries(schema.properties).map(([inner, property]) =>
    toEntry([...path, inner], property, isSeen),
  );
  return { name, title, members };
}

/** In code points; a longer text without a form of its own may have several lines. */
const oneLine = 200;

function chooseControl(schema: FieldSchema): Control {
  const { type, format, items, maxLength = 0 } = schema;
  switch (type) {
    case 'boolean':
      return 'switch';
    case 'integer':
    case 'number':
      return 'number';
    case 'array':
      if (items?.enum) return 'choices';
      return items?.type === 'boolean' ? 'json' : 'lines';
    case 'object':
      return 'json';
    case 'string':
      if (schema.enum) return 'select';
      if (format === 'uri') return 'url';
      if (format === 'date-time') return 'moment';
      if (format) return format;
      return maxLength > oneLine && schema.pattern === undefined ? 'longText' : 'text';
  }
}
