import { createHash, randomBytes } from 'node:crypto';
import type { JsonValue } from '../json/json-value.ts';
import { type PictureSize, pictureSizes, type RenderedPicture } from './picture-limits.ts';

/** One picture: its folder is a person's, its digest its own. */
export interface PictureName {
  readonly folder: string;
  readonly digest: string;
}

/** Of every key in the bucket; IAM grants nothing beside it. */
export const picturePrefix = 'avatars/';
const [largest] = pictureSizes;
const partBytes = 12;
const partLength = (partBytes * 4) / 3;
const digestLength = 32;
const keyForm = /^avatars\/([\w-]{32})\/([\w-]{32})-\d{1,4}\.webp$/;

/** What a profile holds of a picture that is served under this base. */
export function formatAddress(baseUrl: string, name: PictureName): string {
  return `${baseUrl}/${formatKey(name, largest)}`;
}

/**
 * The picture of an address that a profile holds, whatever it was served under: a base may change,
 * and profiles keep the addresses of before. Undefined where it can't be one of ours.
 */
export function parseAddress(address: JsonValue | undefined): PictureName | undefined {
  if (typeof address !== 'string') return undefined;
  const [path = ''] = address.split(/[?#]/, 1);
  return parseKey(path.slice(path.lastIndexOf(`/${picturePrefix}`) + 1));
}

export function formatKey({ folder, digest }: PictureName, size: PictureSize): string {
  return `${picturePrefix}${folder}/${digest}-${size}.webp`;
}

export function parseKey(key: string): PictureName | undefined {
  const [, folder, digest] = keyForm.exec(key) ?? [];
  return folder === undefined || digest === undefined ? undefined : { folder, digest };
}

/**
 * A name that nothing had before, in the folder that the person's last picture is in: an address
 * never comes back, so what is removed late can't be what was stored meanwhile.
 */
export function nameNext(
  userId: string,
  lastAddress: JsonValue | undefined,
  rendered: RenderedPicture,
): PictureName {
  const hash = createHash('sha256').update(randomBytes(partBytes));
  for (const size of pictureSizes) hash.update(rendered[size]);
  const folder = findOwnPicture(userId, lastAddress)?.folder ?? makeFolder(userId);
  return { folder, digest: hash.digest('base64url').slice(0, digestLength) };
}

/** Random, with a proof of whose it is: only who knows the user id can tell. */
function makeFolder(userId: string): string {
  const salt = randomBytes(partBytes).toString('base64url');
  return `${salt}${prove(userId, salt)}`;
}

/**
 * The picture of an address, where it was uploaded for this person. Anybody can write somebody
 * else's address into their profile, under any host; what is removed with that profile must be
 * their own.
 */
export function findOwnPicture(
  userId: string,
  address: JsonValue | undefined,
): PictureName | undefined {
  const name = parseAddress(address);
  if (!name) return undefined;
  const salt = name.folder.slice(0, partLength);
  return name.folder === `${salt}${prove(userId, salt)}` ? name : undefined;
}

function prove(userId: string, salt: string): string {
  return createHash('sha256').update(`${salt}\0${userId}`).digest('base64url').slice(0, partLength);
}
