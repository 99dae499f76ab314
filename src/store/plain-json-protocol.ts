import { AwsJson1_0Protocol } from '@aws-sdk/core/protocols';

type Settings = ConstructorParameters<typeof AwsJson1_0Protocol>[0];
type Codec = NonNullable<Settings['jsonCodec']>;

/**
 * The SDK walks the schema of every command over every attribute on the way out and in, which is
 * most of what a batch of reads costs (docs/decisions/0003-read-path.md). What this store sends and
 * reads is the same in memory as on the wire: no bytes, no dates. So JSON is all there is to it;
 * endpoints, signing, retries and errors stay the SDK's.
 */
export class PlainJsonProtocol extends AwsJson1_0Protocol {
  constructor(settings: Settings) {
    super({ ...settings, jsonCodec: plainJsonCodec as unknown as Codec });
  }
}

/** The codec needs nothing of the client. */
const setSerdeContext = (): void => {};

const plainJsonCodec = {
  setSerdeContext,
  createSerializer() {
    let text = '';
    return {
      setSerdeContext,
      write(_schema: unknown, value: unknown): void {
        text = JSON.stringify(value);
      },
      flush: () => text,
    };
  },
  createDeserializer() {
    return {
      setSerdeContext,
      read: (_schema: unknown, body: Uint8Array | string): unknown =>
        JSON.parse(typeof body === 'string' ? body : asText(body)),
      readObject: (_schema: unknown, value: unknown): unknown => value,
    };
  },
};

function asText({ buffer, byteOffset, byteLength }: Uint8Array): string {
  return Buffer.from(buffer, byteOffset, byteLength).toString();
}
