import t from 'tap';
import { chooseLanguage, nameLanguage } from '../../react/src/language.ts';
import { readPreference, writePreference } from '../../react/src/preference-list.ts';
import { de } from '../../react/src/texts/de.ts';
import { en } from '../../react/src/texts/en.ts';

const available = ['en', 'de'];

t.test('the first wanted language that there are texts for is spoken', async (t) => {
  t.same(chooseLanguage(['de-AT', 'en'], available), { language: 'de', locale: 'de-AT' });
  t.same(chooseLanguage(['fr', 'DE'], available), { language: 'de', locale: 'DE' });
  t.same(chooseLanguage(['fr'], available), { language: 'en', locale: 'en' });
  t.same(chooseLanguage([], available), { language: 'en', locale: 'en' });
});

t.test('what is no language tag harms nobody', async (t) => {
  t.same(chooseLanguage(['de_DE', 'x', '', '👩'], available), { language: 'en', locale: 'en' });
  t.same(chooseLanguage(['de-'], available), { language: 'de', locale: 'de' });
  t.equal(nameLanguage('de_DE'), 'de_DE');
  t.equal(nameLanguage('fr'), 'Français');
});

t.test('every language says everything', async (t) => {
  const shape = (value: unknown): unknown =>
    typeof value === 'object' && value !== null
      ? Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, shape(inner)]))
      : typeof value;
  t.same(shape(de), shape(en));
});

t.test('a preference is read and written where its path says', async (t) => {
  const preference = { path: ['notifications', 'email'], type: 'switch' } as const;
  t.same(writePreference(preference, true), { notifications: { email: true } });
  t.equal(readPreference(preference, { notifications: { email: true } }), true);
  for (const other of [undefined, {}, { notifications: null }, { notifications: 'all' }]) {
    t.equal(readPreference(preference, other), undefined);
  }
});
