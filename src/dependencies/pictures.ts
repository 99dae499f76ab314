import type { FastifyBaseLogger } from 'fastify';
import type { Credentials } from '../aws/credentials.ts';
import type { PicturesConfig } from '../config.ts';
import { ConfigurationError } from '../environment.ts';
import { files } from '../files.ts';
import { createPictures } from '../pictures/pictures.ts';
import { createRenderer } from '../pictures/render-picture.ts';
import { createS3Objects } from '../pictures/s3-objects.ts';
import type { ProfileSchema } from '../schema/profile-schema.ts';
import type { Metrics } from '../telemetry/metrics.ts';

export interface PictureParts {
  readonly region: string;
  readonly credentials: Credentials;
  readonly schema: ProfileSchema;
  readonly metrics: Pick<Metrics, 'pictureRendered' | 'pictureLeft'>;
  readonly log: FastifyBaseLogger;
}

/**
 * What takes uploaded pictures.
 * @throws {ConfigurationError} where the schema has no field for the address of a picture
 */
export function composePictures(
  config: PicturesConfig,
  { region, credentials, schema, metrics, log }: PictureParts,
) {
  const field = schema.picture;
  if (!field || field.isRetired) {
    throw new ConfigurationError([
      'PICTURES_BUCKET: the profile schema marks no field in use with x-picture, so there is nowhere to keep addresses',
    ]);
  }
  const objects = createS3Objects({ ...config, region, credentials });
  const pictures = createPictures({
    field: field.name,
    baseUrl: config.baseUrl,
    objects,
    render: createRenderer({
      decoder: files.pictureDecoder,
      onOutcome(outcome, detail) {
        metrics.pictureRendered(outcome);
        if (outcome === 'crashed') log.warn({ detail }, 'a picture ended its decoder');
      },
    }),
    onLeft(error) {
      metrics.pictureLeft();
      log.warn({ err: error }, 'a picture was not removed; the sweep will');
    },
  });
  return { pictures, close: () => objects.close() };
}
