import t from 'tap';
import type { Violation } from '../../src/refusal.ts';
import { toCanonicalUrl } from '../../src/schema/text/secure-url.ts';
import { addresses } from '../helper/addresses.ts';
import { defaultSchema } from '../helper/default-schema.ts';

/** What the field of this name keeps of a value; undefined where it refuses it. */
function keep(name: string, value: string) {
  const found: Violation[] = [];
  const kept = defaultSchema.fields.get(name)?.check(value, [], found);
  return found.length === 0 ? kept : undefined;
}

t.test('T30 an address as Cognito takes it is taken, in lower case', async (t) => {
  for (const address of addresses) {
    t.equal(keep('email', address), address.toLowerCase(), address);
  }
  const longest = `${'a'.repeat(242)}@example.com`;
  t.ok(keep('email', longest) !== undefined, '254 characters');
  t.notOk(keep('email', `a${longest}`) !== undefined, '255 characters');
});

t.test('what is no address is refused, whatever its length, in linear time', async (t) => {
  const refused = [
    '',
    '@',
    'ada',
    'ada@',
    '@example.com',
    'a b@example.com',
    ' ada@example.com',
    'ada@example.com ',
    'ada@example.com\n',
    'ada\u0000@example.com',
    'ada@exa mple.com',
    'ada@example..com',
    'ada@.example.com',
    'ada@example.com.',
    'ada@example.com,grace@example.com',
    'ada@one@example.com',
    'Ada <ada@example.com>',
    'mailto:ada@example.com',
    '"ada@example.com',
    'ada\ud800@example.com',
    `${'"\\'.repeat(126)}@`,
    `${'a.'.repeat(100_000)}@`,
  ];
  t.strictSame(
    refused.filter((text) => keep('email', text) !== undefined),
    [],
  );
});

t.test('a picture is one canonical https URL, or refused', async (t) => {
  const taken = [
    'https://images.example.com/',
    'https://images.example.com/ada.png?size=1&v=%20#a',
    'https://images.example.com:8443/~ada/@2x/(1).png',
    'https://xn--e1afmkfd.xn--p1ai/%C3%A4.png',
    'https://[2001:db8::1]/a',
    `https://images.example.com/${'a'.repeat(2021)}`,
  ];
  for (const url of taken) t.ok(keep('avatarUrl', url) !== undefined, url.slice(0, 80));
  const refused = [
    ' https://images.example.com/',
    'https://images.example.com/ ',
    'https://images.example.com/a b',
    'https://images.example.com/a\tb',
    'https://images.example.com/\u0000',
    'https://images.example.com/\u007f',
    'https://images.example.com/\u00a0',
    'https://images.example.com/\u2028',
    '\nhttps://images.example.com/',
    'https:x',
    'https:/images.example.com/',
    'https:images.example.com/a',
    'https:///images.example.com/',
    'https:\\\\images.example.com/',
    'https://good\\@evil',
    'https://good.example.com\\@evil.example.com/',
    'https://ada@images.example.com/',
    'https://ada:secret@images.example.com/',
    'https://@images.example.com/',
    'https://images.example.com',
    'https://Images.example.com/',
    'HTTPS://images.example.com/',
    'https://images.example.com:443/',
    'https://images.example.com/a/../b',
    'https://images.example.com/ä',
    'https://images.example.com/%zz',
    'https://images.example.com/a|b',
    'https://пример.рф/',
    'https://',
    'https://%00/',
    'https://images.example.com:99999/',
    'http://images.example.com/',
    'javascript:alert(1)',
    '//images.example.com/a',
    'images.example.com/a',
    `https://images.example.com/${'a'.repeat(2022)}`,
  ];
  t.strictSame(
    refused.filter((url) => keep('avatarUrl', url) !== undefined),
    [],
  );
});

t.test('what is made canonical is canonical', async (t) => {
  for (const url of [
    'HTTPS://Images.Example.com',
    'https://images.example.com:443/a/../ä|b%zz?{"a"}#^`',
    'https://пример.рф/😀',
  ]) {
    const canonical = toCanonicalUrl(url) as string;
    t.ok(keep('avatarUrl', canonical) !== undefined, canonical);
  }
});
