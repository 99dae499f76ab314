import { useState } from 'react';
import type { Profile } from 'user-profile-client';
import { useAuthStore, useTexts } from './context.ts';

/** Who is signed in, at a glance. */
export function Identity({ profile }: { profile: Profile }) {
  const store = useAuthStore();
  const { texts, locale } = useTexts();
  const { displayName, givenName, familyName, email, emailVerified, createdAt } = profile;
  const name = displayName ?? [givenName, familyName].filter(Boolean).join(' ');
  const since = new Date(createdAt).toLocaleDateString(locale, { dateStyle: 'long' });
  return (
    <header className="up-identity up-card">
      <Avatar key={profile.avatarUrl} url={profile.avatarUrl} name={name || email || '?'} />
      <div className="up-who">
        <p className="up-name">{name || texts.noName}</p>
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

function Avatar({ url, name }: { url: string | undefined; name: string }) {
  const [isBroken, setBroken] = useState(false);
  // A picture may be shown before the service has looked at its address.
  if (url?.startsWith('https://') && !isBroken) {
    return (
      <img
        className="up-avatar"
        src={url}
        alt=""
        width="88"
        height="88"
        referrerPolicy="no-referrer"
        onError={() => setBroken(true)}
      />
    );
  }
  const initials = name.split(/[\s@.]+/, 2).map((part) => [...part][0]?.toUpperCase());
  return (
    <div className="up-avatar" aria-hidden="true">
      {initials.join('')}
    </div>
  );
}
