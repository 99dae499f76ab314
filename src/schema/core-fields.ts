import { compileCheck } from './compile-check.ts';
import type { Field } from './field.ts';
import type { FieldDefinition, Reader, Writer } from './vocabulary.ts';

/** SMTP delivers to no longer address (RFC 5321, section 4.5.3.1.3), so Cognito verifies none. */
const maxEmailLength = 254;

const email: FieldDefinition = {
  type: 'string',
  format: 'email',
  maxLength: maxEmailLength,
  title: 'E-mail',
  'x-title': { de: 'E-Mail' },
  description: 'An e-mail address, kept in lower case.',
  examples: ['ada@example.com'],
};

const emailVerified: FieldDefinition = {
  type: 'boolean',
  title: 'Verified',
  'x-title': { de: 'Bestätigt' },
  description: 'Whether the address is known to be theirs.',
};

const listed: FieldDefinition = {
  type: 'boolean',
  title: 'Visible to others',
  'x-title': { de: 'Für andere sichtbar' },
  description:
    'Whether others see the public fields of this profile; they do unless it is false. A `PUT` without it leaves it as it is.',
};

const readers: ReadonlySet<Reader> = new Set<Reader>(['self', 'service']);
const writers: ReadonlySet<Writer> = new Set<Writer>(['service']);
const checkAddress = compileCheck(email);

/** Fields that every profile has, with rules of their own: no file may define them. */
export const coreFields: readonly Field[] = [
  {
    name: 'email',
    definition: email,
    // Local parts are compared without case, as Cognito does.
    check: (value, path, found) =>
      checkAddress(typeof value === 'string' ? value.toLowerCase() : value, path, found),
    readers,
    writers,
    from: 'email',
    index: 'EmailIndex',
    isRetired: false,
  },
  {
    name: 'emailVerified',
    definition: emailVerified,
    check: compileCheck(emailVerified),
    readers,
    writers,
    from: 'email_verified',
    isRetired: false,
  },
];

/** How people hide, where a file makes any field public. */
export const listedField: Field = {
  name: 'listed',
  definition: listed,
  check: compileCheck(listed),
  readers,
  writers: new Set<Writer>(['self', 'service']),
  // A service that never heard of it must not bring anybody out of hiding.
  outlastsReplacement: true,
  isRetired: false,
};
