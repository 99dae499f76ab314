import type { Profile, ProfileSchema } from 'user-profile-client';
import { Avatar } from './avatar.tsx';
import { useAuthStore, useTexts } from './context.ts';
import { valueAt } from './drafts.ts';
import { findByHint } from './fields.ts';

interface IdentityProps {
  readonly profile: Profile;
  readonly schema: ProfileSchema;
}

/** Who is signed in, at a glance. */
export function Identity({ profile, schema }: IdentityProps) {
  const store = useAuthStore();
  const { texts, locale } = useTexts();
  const { email, emailVerified, createdAt } = profile;
  const { name, picture } = describePerson(profile, schema);
  const since = new Date(createdAt).toLocaleDateString(locale, { dateStyle: 'long' });
  return (
    <header className="up-identity up-card">
      <Avatar key={picture} url={picture} name={name || email || '?'} />
      <div className="up-who">
        <p className="up-name">
          <bdi>{name || texts.noName}</bdi>
        </p>
        {email && <p className="up-email">{email}</p>}
        {email && (
          <p className={emailVerified ? 'up-badge up-good' : 'up-badge'}>
            {emailVerified ? texts.emailVerified : texts.emailUnverified}
          </p>
        )}
        <p className="up-hint">
          {texts.since} <time dateTime={createdAt}>{since}</time>
        </p>
      </div>
      <button type="button" className="up-button" onClick={() => void store.signOut()}>
        {texts.signOut}
      </button>
    </header>
  );
}

/** By what the schema says that a browser may fill in: no field has a name that is known here. */
export function describePerson(profile: Profile, schema: ProfileSchema) {
  const find = (hint: string) => {
    const field = findByHint(schema, hint);
    const value = field === undefined ? undefined : valueAt(profile, [field]);
    return typeof value === 'string' ? value : undefined;
  };
  const parts = [find('given-name'), find('family-name')].filter(Boolean).join(' ');
  return { name: find('name') ?? find('nickname') ?? parts, picture: find('photo') };
}
