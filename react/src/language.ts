/**
 * The first wanted tag (BCP 47) that a language is available for, else the first language there
 * is. Regions don't matter: `de-AT` is served by `de`.
 */
export function chooseLanguage(
  wanted: readonly string[],
  available: readonly string[],
): { language: string; locale: string } {
  for (const tag of wanted) {
    const language = findLanguage(tag, available);
    if (language !== undefined) return { language, locale: isTag(tag) ? tag : language };
  }
  const [first = 'en'] = available;
  return { language: first, locale: first };
}

export function findLanguage(tag: string, available: readonly string[]): string | undefined {
  const same = (one: string) => one.toLowerCase() === tag.toLowerCase();
  return available.find(same) ?? available.find((one) => primary(one) === primary(tag));
}

/** A language by its own name: `Deutsch`. */
export function nameLanguage(tag: string): string {
  if (!isTag(tag)) return tag;
  const name = new Intl.DisplayNames([tag], { type: 'language' }).of(tag) ?? tag;
  return name.charAt(0).toLocaleUpperCase(tag) + name.slice(1);
}

function primary(tag: string): string {
  return tag.split('-', 1)[0]?.toLowerCase() ?? '';
}

/** Preferences hold whatever somebody wrote there; Intl throws at what is no tag. */
function isTag(tag: string): boolean {
  try {
    return Intl.getCanonicalLocales(tag).length === 1;
  } catch {
    return false;
  }
}
