import { useState } from 'react';
import type { Profile } from 'user-profile-client';
import { useAuthStore } from './use-auth.ts';

/** Who is signed in, at a glance. */
export function Identity({ profile }: { profile: Profile }) {
  const store = useAuthStore();
  const { displayName, givenName, familyName, email, emailVerified, createdAt } = profile;
  const name = displayName ?? [givenName, familyName].filter(Boolean).join(' ');
  const since = new Date(createdAt).toLocaleDateString(undefined, { dateStyle: 'long' });
  return (
    <header className="identity card">
      <Avatar key={profile.avatarUrl} url={profile.avatarUrl} name={name || email || '?'} />
      <div className="who">
        <p className="name">{name || 'No name yet'}</p>
        {email && <p className="email">{email}</p>}
        {email && (
          <p className={emailVerified ? 'badge good' : 'badge'}>
            {emailVerified ? 'E-mail confirmed' : 'E-mail not confirmed'}
          </p>
        )}
        <p className="hint">
          Here since <time dateTime={createdAt}>{since}</time>
        </p>
      </div>
      <button type="button" onClick={() => void store.signOut()}>
        Sign out
      </button>
    </header>
  );
}

function Avatar({ url, name }: { url: string | undefined; name: string }) {
  const [broken, setBroken] = useState(false);
  // A picture may be shown before the service has looked at its address.
  if (url?.startsWith('https://') && !broken) {
    return (
      <img
        className="avatar"
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
    <div className="avatar" aria-hidden="true">
      {initials.join('')}
    </div>
  );
}
