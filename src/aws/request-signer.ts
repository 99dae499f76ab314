import { createHmac, createSecretKey, hash, type KeyObject } from 'node:crypto';
import type { AwsCredentialIdentity } from '@smithy/types';

const contentType = 'application/x-amz-json-1.0';

export interface SignerOptions {
  readonly region: string;
  readonly host: string;
  /** As AWS names it in signatures. */
  readonly service: string;
}

export interface JsonPost {
  readonly body: string;
  /** The service's operation, as `x-amz-target` names it. */
  readonly target: string;
  readonly credentials: AwsCredentialIdentity;
  readonly date: Date;
}

/**
 * Signs calls of one service that speaks AWS's JSON protocol, with Signature Version 4. All of them have the same
 * headers, so there is nothing to sort or to encode, and the key is made once a day: the SDK's signer, made for
 * any request, took a tenth of a read.
 * Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 */
export function createRequestSigner({ region, host, service }: SignerOptions) {
  let madeOf = '';
  let key: KeyObject | undefined;
  let formattedSecond = Number.NaN;
  let formatted = '';

  function findKey(day: string, secret: string): KeyObject {
    if (key && madeOf === day + secret) return key;
    madeOf = day + secret;
    const derived = [day, region, service, 'aws4_request'].reduce<string | Buffer>(
      (from, text) => createHmac('sha256', from).update(text).digest(),
      `AWS4${secret}`,
    );
    key = createSecretKey(derived as Buffer);
    return key;
  }

  /** As signatures have it, to the second: the calls of one share it. */
  function format(date: Date): string {
    const second = Math.floor(date.getTime() / 1000);
    if (second !== formattedSecond) {
      formattedSecond = second;
      formatted = `${date.toISOString().slice(0, 19).replaceAll(/[-:]/g, '')}Z`;
    }
    return formatted;
  }

  /** Names and values by turns, as undici takes headers. */
  return function sign({ body, target, credentials, date }: JsonPost): string[] {
    const { accessKeyId, secretAccessKey, sessionToken } = credentials;
    const time = format(date);
    const day = time.slice(0, 8);
    const token = sessionToken === undefined ? '' : `x-amz-security-token:${sessionToken}\n`;
    const names = `content-type;host;x-amz-date;${token && 'x-amz-security-token;'}x-amz-target`;
    const canonical = `POST\n/\n\ncontent-type:${contentType}\nhost:${host}\nx-amz-date:${time}\n${token}x-amz-target:${target}\n\n${names}\n${hash('sha256', body, 'hex')}`;
    const scope = `${day}/${region}/${service}/aws4_request`;
    const signature = createHmac('sha256', findKey(day, secretAccessKey))
      .update(`AWS4-HMAC-SHA256\n${time}\n${scope}\n${hash('sha256', canonical, 'hex')}`)
      .digest('hex');
    const headers = [
      'host',
      host,
      'content-type',
      contentType,
      'x-amz-target',
      target,
      'x-amz-date',
      time,
      'authorization',
      `AWS4-HMAC-SHA256 Credential=${accessKeyId}/${scope}, SignedHeaders=${names}, Signature=${signature}`,
    ];
    if (sessionToken !== undefined) headers.push('x-amz-security-token', sessionToken);
    return headers;
  };
}
