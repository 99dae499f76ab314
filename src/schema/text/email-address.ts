/** What RFC 3696 allows before the `@`: characters, escaped ones, and quoted text. */
const localPart =
  /^(?:[^\p{Cc}\p{Z}"(),:;<>@[\\\]]|\\[^\p{Cc}]|"(?:[^\p{Cc}"\\]|\\[^\p{Cc}])*")+$/u;
const domain = /^(?:[\p{L}\p{M}\p{N}_-]+(?:\.[\p{L}\p{M}\p{N}_-]+)*|\[[\x21-\x5a\x5e-\x7e]+\])$/u;

/**
 * Whether Cognito may hold this as an address. Cognito's rule for `email` is RFC 3696, section 3;
 * letters beyond ASCII come from identity providers (RFC 6531). Common patterns refuse `&`, `/`, `=`
 * and names such as `xn--p1ai`, and with them a person's verified address.
 * Source: https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-settings-attributes.html
 */
export function isEmailAddress(text: string): boolean {
  const at = text.lastIndexOf('@');
  return localPart.test(text.slice(0, Math.max(at, 0))) && domain.test(text.slice(at + 1));
}
