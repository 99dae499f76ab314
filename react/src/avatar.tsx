import { useState } from 'react';

interface AvatarProps {
  readonly url: string | undefined;
  readonly name: string;
  /** Nothing where the name stands beside it. */
  readonly alt?: string;
}

/** A person's picture; their initials where there is none, or none that can be shown. */
export function Avatar({ url, name, alt = '' }: AvatarProps) {
  const [isBroken, setBroken] = useState(false);
  if (url !== undefined && isShowable(url) && !isBroken) {
    return (
      <img
        className="up-avatar"
        src={url}
        alt={alt}
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

/**
 * A picture may be shown before the service has looked at its address. Development serves uploads
 * from the machine itself, without TLS.
 */
function isShowable(address: string): boolean {
  return /^(https:\/\/|http:\/\/(127\.0\.0\.1|localhost)[:/])/.test(address);
}
